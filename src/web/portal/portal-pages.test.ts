// The residents' pages over the real application: documents, verification, accounts, and what holds for every page.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { loadCase } from '#kernel/cases/load-case.ts'
import { inTenant } from '#kernel/database/database.ts'
import { decryptJson } from '#kernel/keys/keyring.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { playExample, type Played } from '#demo/play-example.ts'
import { ensureAssets } from '#ui/build.ts'
import { createApp } from '#app'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, Visitor } from '#tests/support/visitor.ts'
import { portalRoutes } from './portal.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
let played: Played
const base = '/t/qingxi'
const person = { email: 'xiaoman@example.com', password: '青石板 路口 三轮车 1987', name: '林小满' }

before(async () => {
  await ensureAssets()
  town = await openTestTown('2007-01-01T00:00:00+08:00')
  app = createApp(town.installation)
  const procedure = await getProcedure(town.ctx, 'petition').catch(() => undefined)
  assert.equal(procedure, undefined, 'the procedure is in force from its own date on')
  const example = await exampleOf('open-until-the-review-window-ends')
  played = await playExample(town.ctx, town.clock, 'petition', example)
})
after(() => town.close())

async function exampleOf(name: string) {
  const { loadPackage } = await import('#kernel/procedures/load-package.ts')
  const { readPackageFolder } = await import('#kernel/procedures/packages.ts')
  const { procedure } = await loadPackage(await readPackageFolder(new URL('../../../procedures/petition', import.meta.url).pathname))
  const example = procedure?.examples.get(name)
  assert.ok(example)
  return example
}

/** A browser in which the played case is open. */
async function tracker(headers: Record<string, string> = {}): Promise<Visitor> {
  const visitor = new Visitor(app, headers)
  await visitor.get(`${base}/track`)
  await visitor.follow(await visitor.post(`${base}/track`, { code: played.receiptCode }))
  return visitor
}

async function documentsOf() {
  const loaded = await loadCase(town.ctx, played.caseId)
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{
      document_id: string
      content: Buffer
    }>`select document_id, content from documents where tenant_id = ${town.tenant} and case_id = ${played.caseId} order by recorded_at`.execute(trx),
  )
  return rows.map((row) => ({
    id: row.document_id,
    code: decryptJson<{ verify: { short: string } }>(loaded.key, row.content, `document/${town.tenant}/${row.document_id}`).verify.short,
    number: loaded.documents.find((known) => known.document_id === row.document_id)?.number ?? '',
  }))
}

test('documents open as pages and as PDF for the party, and for nobody else', async () => {
  const visitor = await tracker()
  const [document] = await documentsOf()
  assert.ok(document)
  const path = `${base}/cases/${played.number}/documents/${document.id}`
  assert.match(visitor.last, new RegExp(document.number))
  assert.match(visitor.last, /现在办到哪一步<\/h2><p[^>]*>[^<]{4,}</, 'a waiting case says what it waits for')
  const page = await visitor.get(path)
  expectPage(page, 'zh', path)
  const picture = await visitor.get(`${path}/pages/1`)
  assert.equal(picture.headers.get('content-type'), 'image/svg+xml')
  assert.match(picture.text, /^<svg/)
  assert.equal((await visitor.get(`${path}/pages/99`)).status, 404)
  assert.equal((await visitor.get(`${path}.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-')
  for (const each of [path, `${path}.pdf`, `${path}/pages/1`]) assert.equal((await new Visitor(app).get(each)).status, 404, each)
})

test('in the browser of WeChat no page offers a file to save', async () => {
  const visitor = await tracker({ 'user-agent': 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49' })
  const [document] = await documentsOf()
  const page = await visitor.get(`${base}/cases/${played.number}/documents/${document?.id}`)
  assert.doesNotMatch(page.text, /\.pdf"|download/)
  assert.match(page.text, /微信里不能保存文件/)
})

test('a genuine document is confirmed, a withdrawn one says so, an unknown code is not', async () => {
  const visitor = new Visitor(app)
  const [first, second] = await documentsOf()
  assert.ok(first && second)
  await visitor.get(`${base}/verify`)
  const genuine = await visitor.follow(await visitor.post(`${base}/verify`, { code: first.code.toLowerCase() }))
  assert.equal(genuine.status, 200)
  assert.match(genuine.text, /是真的/)
  assert.match(genuine.text, new RegExp(first.number))
  assert.doesNotMatch(genuine.text, /林小满|排水沟/, 'nothing of what it says')
  const unknown = await visitor.get(`${base}/verify/0000000000`)
  assert.equal(unknown.status, 404)
  assert.match(unknown.text, /不是我们制发的/)
  // No act of the kernel withdraws a document yet: its state is set as that act will set it.
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update documents set status = 'withdrawn' where tenant_id = ${town.tenant} and document_id = ${second.id}`.execute(trx),
  )
  const withdrawn = await visitor.get(`${base}/verify/${second.code}`)
  assert.match(withdrawn.text, /已撤回，不再有效/)
  assert.doesNotMatch(withdrawn.text, /是真的/)
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update documents set status = 'served' where tenant_id = ${town.tenant} and document_id = ${second.id}`.execute(trx),
  )
})

test('a resident signs up by mail, signs in, joins her matter with its code, and sees it in her account', async () => {
  const visitor = new Visitor(app)
  await visitor.get(`${base}/sign-up`)
  assert.equal((await visitor.post(`${base}/sign-up`, { ...person, password: '123456' })).status, 422)
  assert.match((await visitor.post(`${base}/sign-up`, person)).text, /请看邮箱/)
  assert.match((await visitor.post(`${base}/sign-up`, person)).text, /请看邮箱/, 'a known address gets the same answer')
  await visitor.get(`${base}/sign-in`)
  assert.match((await visitor.post(`${base}/sign-in`, person)).text, /邮箱还没有确认/)
  const link = await mailedLink('account.confirm_address')
  await visitor.get(link)
  await visitor.post(`${base}/account/confirm`, { token: visitor.field('token') })
  assert.match(visitor.last, /邮箱已经确认/)
  await visitor.get(`${base}/sign-in?next=//evil.example/`)
  const signedIn = await visitor.post(`${base}/sign-in`, { ...person, next: '//evil.example/' })
  assert.equal(signedIn.location, `${base}/account`)
  expectPage(await visitor.follow(signedIn), 'zh', '/account')
  await visitor.get(`${base}/track`)
  await visitor.follow(await visitor.post(`${base}/track`, { code: played.receiptCode }))
  const joined = await visitor.follow(await visitor.post(`${base}/cases/${played.number}/join`, { code: played.receiptCode }))
  assert.match(joined.text, new RegExp(played.number))
  const other = new Visitor(app)
  await other.get(`${base}/sign-in`)
  await other.follow(await other.post(`${base}/sign-in`, person))
  assert.equal((await other.get(`${base}/cases/${played.number}`)).status, 200, 'by the account alone')
})

async function mailedLink(textId: string): Promise<string> {
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{
      message_id: string
      content: Buffer
    }>`select message_id, content from outbox where tenant_id = ${town.tenant} and text_id = ${textId} order by queued_at desc limit 1`.execute(trx),
  )
  const row = rows[0]
  assert.ok(row)
  const { text } = decryptJson<{ text: string }>(
    town.ctx.services.keyring.secret(`outbox:${town.tenant}`),
    row.content,
    `outbox/${town.tenant}/${row.message_id}`,
  )
  const url = new URL(/http\S+/.exec(text)?.[0] ?? '')
  return url.pathname + url.search
}

test('a wrong name and a wrong password get the same answer, in the language of the page', async () => {
  const answers: string[] = []
  for (const email of ['nobody@example.com', person.email]) {
    const visitor = new Visitor(app)
    await visitor.get(`${base}/sign-in?lang=en`)
    const answer = await visitor.post(`${base}/sign-in`, { email, password: 'wrong wrong wrong' })
    assert.equal(answer.status, 422)
    answers.push(/govuk-error-summary__body[\s\S]*?<\/ul>/.exec(answer.text)?.[0] ?? email)
  }
  assert.match(answers[0] ?? '', /address or the password is not right/)
  assert.equal(answers[0], answers[1])
})

test('every page has one h1, a title and the language asked for, in both languages and both editions', async () => {
  const visitor = await tracker()
  const [document] = await documentsOf()
  const view = await visitor.get(`${base}/cases/${played.number}`)
  const act = /\/acts\/([a-z-]+)"/.exec(view.text)?.[1] ?? ''
  const values: Record<string, string> = {
    ':slug': 'petition',
    ':page': 'what',
    ':number': played.number,
    ':name': act,
    ':id': document?.id ?? '',
    ':code': document?.code ?? '',
  }
  const paths = portalRoutes
    .filter(
      (route) =>
        route.method === 'get' &&
        route.guard !== 'resident' &&
        !/\.(pdf|svg|txt|html|tlog-proof|zip|js|json|atom|csv|ics|xml)|\/pages\/|\/files\/|\/receipt$|:file/.test(route.path),
    )
    .map((route) => route.path.replaceAll(/:[a-z]+/g, (name) => values[name] ?? name))
  assert.ok(paths.length > 20)
  for (const path of paths) {
    for (const language of ['zh', 'en'] as const) {
      const answer = await visitor.follow(await visitor.get(`${base}${path}?lang=${language}&edition=${language === 'zh' ? 'large' : 'standard'}`))
      // What comes back from a provider without having been asked for is refused.
      assert.ok((path.endsWith('/return') ? [401] : [200, 404]).includes(answer.status), `${path}: ${answer.status}`)
      expectPage(answer, language, path)
    }
  }
})

test('an English page shows no Chinese but names of law, town records and what people typed', async () => {
  const visitor = new Visitor(app)
  for (const path of [
    '',
    '/matters',
    '/matters/petition',
    '/track',
    '/verify',
    '/integrity',
    '/sign-in',
    '/sign-up',
    '/resume',
    '/matters/petition/new/more',
  ]) {
    const { text } = await visitor.get(`${base}${path}?lang=en`)
    const words = text
      .replaceAll(/<svg[\s\S]*?<\/svg>|<a[^>]*hreflang[^>]*>[^<]*<\/a>|<[^>]+>/g, ' ')
      .replaceAll(/[\p{Script=Han}][^\n<]*?(条例|法|条|规定|办法|程序|：|确认|准)[^\s<]*/gu, '')
    const left = words.match(/[\p{Script=Han}]{2,}/gu) ?? []
    assert.deepEqual(
      left.filter((word) => !/周|清溪|中文/.test(word)),
      [],
      path,
    )
  }
})

test('our own check of a receipt never says valid; the checking page is a file of its own that can reach nothing', async () => {
  const visitor = await tracker()
  const { database, clock } = town.installation
  const signer = await town.installation.logOf(town.tenant)
  while (await integrate(database.db, town.tenant, signer, clock, { batch: 1000 }));
  const receipt = (await visitor.get(`${base}/cases/${played.number}/receipt`)).text
  await visitor.get(`${base}/verify`)
  const right = await visitor.post(`${base}/verify/receipt`, { text: receipt })
  assert.equal(right.status, 200, right.text)
  assert.match(right.text, /这不能代替您自己核验/)
  assert.match(right.text, /自己给自己作证/)
  assert.doesNotMatch(right.text, /核验通过：/)
  const changed = new File([receipt.replace(/"value": "[^"]+"/, '"value": "另一句话"')], 'receipt.json', { type: 'application/json' })
  const wrong = await visitor.post(`${base}/verify/receipt`, { file: changed })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /至少有一步对不上/)
  assert.equal((await visitor.post(`${base}/verify/receipt`, { text: '' })).status, 422)
  const page = await visitor.get(`${base}/verify.html?download`)
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'sha256-[^;]+; style-src 'sha256-[^;]+;/)
  assert.match(page.headers.get('content-disposition') ?? '', /^attachment/)
  const shown = /<code class="xl-break">([0-9a-f]{64})<\/code>/.exec((await visitor.get(`${base}/verify`)).text)?.[1]
  assert.equal(createHash('sha256').update(page.bytes).digest('hex'), shown)
})

test('errors speak plain words: unknown page, unknown town, too large, too many', async () => {
  const visitor = new Visitor(app)
  const missing = await visitor.get(`${base}/no-such-page`)
  assert.equal(missing.status, 404)
  expectPage(missing, 'zh', 'missing')
  const noTown = await visitor.get('/t/nowhere')
  assert.equal(noTown.status, 404)
  expectPage(noTown, 'zh', 'no town')
  await visitor.get(`${base}/matters/petition/new/more`)
  const large = await app.request(`http://127.0.0.1:3000${base}/matters/petition/new/more`, {
    method: 'POST',
    body: 'x'.repeat(13 * 1024 * 1024),
    headers: { 'content-length': String(13 * 1024 * 1024), 'content-type': 'text/plain' },
  })
  assert.equal(large.status, 413)
  assert.match(await large.text(), /12MB/)
})
