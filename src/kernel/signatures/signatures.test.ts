// Signatures on an invented document: a lease of a tennis court between a member and her rival.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makePackage, publishInvented } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { sendCaseMessage } from '../cases/act.ts'
import { loadCase } from '../cases/load-case.ts'
import { openCase } from '../cases/open-case.ts'
import { as, type Ctx } from '../context.ts'
import type { FormSchema } from '../forms/forms.ts'
import { listDemoOutbox } from '../notifications/outbox.ts'
import { askSigningCode } from './ask-signing-code.ts'
import { drawnFault } from './drawn.ts'
import { readTextToSign } from './text-to-sign.ts'

const lease = `
start s form=filing
catch MemberSigns message=sign form=sig by=member
race wait
catch RivalSigns message=rival-signs form=sig by=rival
catch Again message=again form=terms by=member
service Issue action=issue-document@1
end e
s -> MemberSigns -> wait
wait -> RivalSigns -> Issue -> e
wait -> Again -> MemberSigns
`
const field = { type: 'string', 'x-tag': 'free-text', 'x-purpose': 'a test', 'x-basis': 'rules', 'x-visibility': 'parties' } as const
const forms: Record<string, FormSchema['properties']> = {
  filing: { name: field, rival: field, email: { ...field, 'x-tag': 'email' } },
  terms: { rent: field },
  sig: {
    method: field,
    signedName: { ...field, 'x-tag': 'name' },
    drawn: { ...field, 'x-tag': 'signature' },
    code: { ...field, 'x-tag': 'one-time-code' },
    on: { ...field, format: 'date', 'x-tag': 'date', 'x-effective': true },
  },
}
const name = 'M60 60L120 52L180 70L150 110L90 150M240 40L300 60L280 120L330 150'

let town: TestTown

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  const inputs = { Issue: [{ name: 'document', value: 'deed' }] }
  const made = await makePackage('lease', lease, inputs, {}, { forms })
  const [member, rival] = made.manifest.parties
  const sig = made.forms.get('sig')
  assert.ok(member && rival && sig)
  sig.schema['x-signs'] = 'deed'
  await publishInvented(town.ctx, {
    ...made,
    templates: new Map([['deed', '#import "/layout.typ": *\n#show: official\n#let again = given(data.fields, "Again")\n#signatures(data)']]),
    manifest: {
      ...made.manifest,
      documents: [{ id: 'deed', template: 'deed', series: 'deed', issuer: 'own' }],
      parties: [
        { ...member, fields: { name: 'name', email: 'email' } },
        { ...rival, min: 1 },
      ],
    },
  })
})
after(() => town.close())

async function openLease(): Promise<{ caseId: string; number: string; member: Ctx; rival: Ctx }> {
  const { caseId, number } = await openCase(as(town.ctx, { kind: 'anonymous' }), {
    procedure: 'lease',
    data: { name: '林小满', rival: '陶小暑', email: 'lin@example.org' },
  })
  const { parties } = await loadCase(town.ctx, caseId)
  const party = (role: string) => as(town.ctx, { kind: 'receipt', caseId, partyId: parties.find((known) => known.role === role)?.partyId ?? '' })
  return { caseId, number, member: party('member'), rival: party('rival') }
}

const drawn = (signedName: string) => ({ method: 'drawn', signedName, drawn: name })
const refused = (field: string) => (error: unknown) => {
  assert.ok(error instanceof Error && 'fields' in error && Array.isArray(error.fields))
  assert.deepEqual(
    error.fields.map(({ pointer, code }: { pointer: string; code: string }) => ({ pointer, code })),
    [{ pointer: `/${field}`, code: 'signature' }],
  )
  return true
}

test('a document is issued once everybody has signed, and says how', async () => {
  const { caseId, number, member, rival } = await openLease()
  assert.ok((await readTextToSign(member, { number }, 'sign')).length > 0)
  await sendCaseMessage(member, { caseId }, 'sign', drawn('林 小满'))
  assert.equal((await loadCase(town.ctx, caseId)).documents.length, 0)
  await sendCaseMessage(rival, { caseId }, 'rival-signs', drawn('陶小暑'))
  const { documents, row, content } = await loadCase(town.ctx, caseId)
  assert.deepEqual(
    documents.map((document) => document.document),
    ['deed'],
  )
  assert.equal(row.status, 'closed')
  const kept = content['_signatures']?.['deed']
  assert.ok(Array.isArray(kept))
  assert.deepEqual(
    kept.map(({ signer, method, on }) => ({ signer, method, on })),
    [
      { signer: 'member', method: 'drawn', on: '2026-03-02' },
      { signer: 'rival', method: 'drawn', on: '2026-03-02' },
    ],
  )
})

test('a signature under an older text does not count', async () => {
  const { caseId, member, rival } = await openLease()
  await sendCaseMessage(member, { caseId }, 'sign', drawn('林小满'))
  const before = await loadCase(town.ctx, caseId)
  await sendCaseMessage(member, { caseId }, 'again', { rent: '九十' })
  // The member has to sign again before the rival can.
  await assert.rejects(sendCaseMessage(rival, { caseId }, 'rival-signs', drawn('陶小暑')), { code: 'message.not_awaited' })
  await sendCaseMessage(member, { caseId }, 'sign', drawn('林小满'))
  const now = await loadCase(town.ctx, caseId)
  const texts = [before, now].map(({ content }) => {
    const kept = content['_signatures']?.['deed']
    return Array.isArray(kept) ? kept.map((one: { text: string }) => one.text) : []
  })
  assert.equal(texts[1]?.length, 1)
  assert.notDeepEqual(texts[0], texts[1])
})

test('nobody signs with another name, without a line, or for somebody else', async () => {
  const { caseId, member, rival } = await openLease()
  await assert.rejects(sendCaseMessage(member, { caseId }, 'sign', drawn('陶小暑')), refused('signedName'))
  await assert.rejects(sendCaseMessage(member, { caseId }, 'sign', { ...drawn('林小满'), drawn: 'M1 1L2 2' }), refused('drawn'))
  await assert.rejects(sendCaseMessage(member, { caseId }, 'sign', { method: 'post' }), refused('method'))
  await assert.rejects(sendCaseMessage(member, { caseId }, 'sign', { method: 'scan' }), refused('scan'))
  await assert.rejects(sendCaseMessage(rival, { caseId }, 'sign', drawn('林小满')), { code: 'message.forbidden' })
  assert.equal((await loadCase(town.ctx, caseId)).content['_signatures'], undefined)
})

test('a code goes to her own contact, is never kept, and is good once for one text', async () => {
  const { caseId, number, member, rival } = await openLease()
  const sign = (code: string) => sendCaseMessage(member, { caseId }, 'sign', { method: 'code', signedName: '林小满', code })
  await assert.rejects(sign('123456'), refused('code'))
  await assert.rejects(askSigningCode(rival, { number }, 'sign'), { code: 'message.forbidden' })
  assert.deepEqual(await askSigningCode(member, { number }, 'sign'), { to: 'lin****rg' })
  const code = await lastCode()
  await assert.rejects(sign(code === '000000' ? '000001' : '000000'), refused('code'))
  await sign(code)
  const { content } = await loadCase(town.ctx, caseId)
  assert.ok(!JSON.stringify(content).includes(code))
  await sendCaseMessage(member, { caseId }, 'again', {})
  await assert.rejects(sign(code), refused('code'))
})

test('a code ends after ten minutes and after five tries, and an hour has five', async () => {
  const { caseId, number, member } = await openLease()
  const sign = (code: string) => sendCaseMessage(member, { caseId }, 'sign', { method: 'code', signedName: '林小满', code })
  await askSigningCode(member, { number }, 'sign')
  const old = await lastCode()
  town.clock.set(new Date(town.clock.now().getTime() + 601_000))
  await assert.rejects(sign(old), refused('code'))
  await askSigningCode(member, { number }, 'sign')
  const tried = await lastCode()
  for (let turn = 0; turn < 5; turn++) await assert.rejects(sign(tried === '999999' ? '999998' : '999999'), refused('code'))
  await assert.rejects(sign(tried), refused('code'))
  for (let turn = 0; turn < 3; turn++) await askSigningCode(member, { number }, 'sign')
  await assert.rejects(askSigningCode(member, { number }, 'sign'), { code: 'signature.too_many' })
})

test('a drawn signature is strokes in a box, and nothing that a page or document could run', () => {
  assert.equal(drawnFault(name), undefined)
  for (const wrong of [
    '',
    'M1 1',
    'M10 10L20 20Z',
    'M10 10 L20 20',
    `${name}"/><script>`,
    'M700 10L10 10L1 1L2 2L3 3L4 4L5 5L6 6',
    'x'.repeat(13_000),
    7,
  ])
    assert.notEqual(drawnFault(wrong), undefined, String(wrong).slice(0, 40))
})

async function lastCode(): Promise<string> {
  const text = JSON.stringify((await listDemoOutbox(town.ctx))[0])
  const found = /验证码 (\d{6})/.exec(text)?.[1]
  assert.ok(found, text)
  return found
}
