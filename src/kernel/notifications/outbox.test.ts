import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { uuidv7 } from '#kernel/ids.ts'
import { encryptJson } from '#kernel/keys/keyring.ts'
import { openTestTown } from '#tests/support/town.ts'
import { queueAccountMail } from './account-mail.ts'
import { listDemoOutbox, sendOutbox } from './outbox.ts'
import { outletsFrom, smtpOutlet, webhookOutlet } from './outlets.ts'

const town = await openTestTown('2026-03-02T09:00:00+08:00', { demo: false })
const { ctx } = town
after(() => town.close())

type Received = { to: string[]; text: string }

/** A real SMTP server that refuses `refused@…`. */
async function startSmtp(): Promise<{ url: string; received: Received[]; stop: () => Promise<void> }> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.startsWith('refused@') ? Object.assign(new Error(`no mailbox ${address}`), { responseCode: 550 }) : null),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  // A listening TCP server has an address with a port.
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${port}`, received, stop: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function fileCase(): Promise<string> {
  const data = { subject: '路灯不亮', description: '村口的路灯坏了。', claim: '请修好。' }
  return (await openCase(as(ctx, { kind: 'anonymous' }), { procedure: 'petition', data })).caseId
}

/** A mail to a party, as a step queues it. */
async function queueCaseMail(caseId: string, to: string): Promise<string> {
  const { key } = await loadCase(ctx, caseId)
  const message = uuidv7(ctx.clock.now())
  const content = encryptJson(key, { to, subject: '信访', text: '您的事项已经受理。' }, `outbox/${ctx.tenant}/${message}`)
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into outbox (tenant_id, message_id, case_id, kind, text_id, content, next_at, queued_at)
        values (${ctx.tenant}, ${message}, ${caseId}, 'mail', 'petition.told.accepted', ${content}, ${ctx.clock.now()}, ${ctx.clock.now()})`.execute(
      trx,
    ),
  )
  return message
}

async function rowOf(message: string): Promise<{ status: string; attempts: number; last_error: string | null } | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ status: string; attempts: number; last_error: string | null }>`select status, attempts, last_error from outbox
      where tenant_id = ${ctx.tenant} and message_id = ${message}`.execute(trx),
  )
  return rows[0]
}

async function bouncesOf(caseId: string): Promise<{ subject: string; post_id: string | null }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ subject: string; post_id: string | null }>`select subject, post_id from escalations
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} and kind = 'bounced'`.execute(trx),
  )
  return rows
}

const mailTo = (to: string) =>
  ({ template: 'password_reset', to, name: '林', language: 'zh', link: 'http://127.0.0.1/x', expiresAt: undefined }) as const

test('a mail about a case and a mail about an account arrive, and count as sent', async () => {
  const smtp = await startSmtp()
  const mail = smtpOutlet(smtp.url, '清溪镇 <office@qingxi.example>')
  try {
    const message = await queueCaseMail(await fileCase(), 'lin@example.org')
    await queueAccountMail(ctx, mailTo('zhou@example.org'))
    assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 2, retried: 0, failed: 0 })
    assert.deepEqual(smtp.received.flatMap(({ to }) => to).sort(), ['lin@example.org', 'zhou@example.org'])
    assert.ok(
      smtp.received.some(({ text }) => text.includes(`<${message}@qingxi.example>`)),
      'the message id stays the same at every try',
    )
    assert.equal((await rowOf(message))?.status, 'sent')
    assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 0, retried: 0, failed: 0 })
  } finally {
    mail.close()
    await smtp.stop()
  }
})

test('a refused receiver ends as failed without the address in the reason, and the office of the case is told', async () => {
  const smtp = await startSmtp()
  const mail = smtpOutlet(smtp.url, 'office@qingxi.example')
  try {
    const caseId = await fileCase()
    const message = await queueCaseMail(caseId, 'refused@example.org')
    assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 0, retried: 0, failed: 1 })
    assert.deepEqual(await rowOf(message), { status: 'failed', attempts: 1, last_error: 'smtp EENVELOPE 550' })
    assert.deepEqual(await bouncesOf(caseId), [{ subject: 'petition.told.accepted', post_id: 'petition-head' }])
  } finally {
    mail.close()
    await smtp.stop()
  }
})

test('while the server is down a mail is tried again later, and after the eighth try it has failed', async () => {
  const smtp = await startSmtp()
  await smtp.stop()
  const mail = smtpOutlet(smtp.url, 'office@qingxi.example')
  try {
    const caseId = await fileCase()
    const message = await queueCaseMail(caseId, 'lin@example.org')
    assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 0, retried: 1, failed: 0 })
    assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 0, retried: 0, failed: 0 }, 'not before its time')
    for (let attempt = 2; attempt <= 8; attempt++) {
      town.clock.advance(12 * 3_600_000)
      assert.deepEqual(await sendOutbox(ctx, { mail }), { sent: 0, retried: attempt < 8 ? 1 : 0, failed: attempt < 8 ? 0 : 1 }, `try ${attempt}`)
    }
    assert.deepEqual(await rowOf(message), { status: 'failed', attempts: 8, last_error: 'smtp ESOCKET' })
    assert.equal((await bouncesOf(caseId)).length, 1)
  } finally {
    mail.close()
  }
})

test('two senders at once send each mail once', async () => {
  const smtp = await startSmtp()
  const mail = smtpOutlet(smtp.url, 'office@qingxi.example')
  try {
    const caseId = await fileCase()
    for (let index = 0; index < 30; index++) await queueCaseMail(caseId, `p${index}@example.org`)
    const results = await Promise.all([sendOutbox(ctx, { mail }), sendOutbox(ctx, { mail }), sendOutbox(ctx, { mail })])
    assert.equal(
      results.reduce((sum, { sent }) => sum + sent, 0),
      30,
    )
    const receivers = smtp.received.flatMap(({ to }) => to)
    assert.equal(receivers.length, 30)
    assert.equal(new Set(receivers).size, 30)
  } finally {
    mail.close()
    await smtp.stop()
  }
})

test('an SMS goes to the webhook as template and variables; without one it waits', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo // a listening TCP server has one
  try {
    const data = { subject: '路灯不亮', description: '村口的路灯坏了。', claim: '请修好。', name: '林小满', phone: '000 0000 0001' }
    const filed = await openCase(as(ctx, { kind: 'anonymous' }), { procedure: 'petition', data })
    assert.deepEqual(await sendOutbox(ctx, {}), { sent: 0, retried: 0, failed: 0 })
    assert.deepEqual(await sendOutbox(ctx, { sms: webhookOutlet(`http://127.0.0.1:${port}/`) }), { sent: 1, retried: 0, failed: 0 })
    const [body] = bodies
    assert.ok(typeof body === 'object' && body !== null && 'to' in body && 'template' in body && 'variables' in body)
    assert.deepEqual([body.to, body.template], ['000 0000 0001', 'petition.told.filed'])
    assert.ok(JSON.stringify(body.variables).includes(filed.number))
    assert.ok(!JSON.stringify(body).includes('路灯'), 'nothing of the matter leaves by SMS')
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('the demo outbox is open in a demonstration only', async () => {
  await assert.rejects(listDemoOutbox(ctx), { code: 'outbox.not_found' })
  const demo: Ctx = { ...ctx, services: { ...ctx.services, demo: true } }
  town.clock.advance(1000)
  await queueAccountMail(ctx, mailTo('demo@example.org'))
  assert.equal((await sendOutbox(demo, {})).sent, 1)
  const [newest] = await listDemoOutbox(demo)
  assert.deepEqual([newest?.to, newest?.subject, newest?.status], ['demo@example.org', '重设密码', 'sent'])
})

test('outlets refuse a configuration that could not send', () => {
  assert.throws(() => outletsFrom({ SMTP_URL: 'smtp://127.0.0.1:25' }), { code: 'config.mail_from' })
  assert.throws(() => outletsFrom({ SMTP_URL: 'http://127.0.0.1', MAIL_FROM: 'a@b.example' }), { code: 'config.url' })
  assert.throws(() => outletsFrom({ SMS_WEBHOOK_URL: 'nonsense' }), { code: 'config.url' })
  assert.deepEqual(outletsFrom({}), { mail: undefined, external: new Map(), sms: undefined })
})
