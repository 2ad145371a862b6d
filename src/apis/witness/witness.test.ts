// The witness as a log sees it over HTTP: C2SP tlog-witness, answer by answer.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { virtualClock } from '#kernel/clock.ts'
import { encodeCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { verifyCosignature } from '#kernel/ledger/cosignature.ts'
import { encodeVkey, noteSigner, noteTypes, parseNote, parseVkey, signNote } from '#kernel/ledger/note.ts'
import { appendToFrontier, emptyRoot, foldRange, leafHash, proveConsistency, rootOfHashes } from '#kernel/ledger/tree.ts'
import { encodeAddCheckpoint } from '#kernel/ledger/witness-client.ts'
import { longestRequest } from '#kernel/witness/request.ts'
import { addLog, openWitness, removeLog, type Witness } from '#kernel/witness/witness.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import type { TestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { witnessRoutes } from './witness.ts'

const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const dataDir = makeTemporaryFolder('witness')
const options = { dataDir, domain: 'county.example', demo: false }
const origin = 'ledger.neighbour.example/linshui/1'
const key = noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 1))
const stranger = noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 2))
const hashes = Array.from({ length: 40 }, (_, at) => leafHash(`leaf ${at}`))
let database: TestDatabase
let witness: Witness
let app: ReturnType<typeof witnessRoutes>

before(async () => {
  database = await openTestDatabase()
  open()
  await addLog(witness, encodeVkey(key.verifier))
})
after(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true })
})

/** As after a restart of the process. */
function open(): void {
  witness = openWitness(database.database.db, clock, options)
  app = witnessRoutes(witness)
}

const rootAt = (size: number) => rootOfHashes(hashes.slice(0, size))
const noteAt = (size: number, { root = rootAt(size), by = [key] } = {}) => signNote(encodeCheckpoint(origin, size, root), ...by)
const proof = (from: number, to: number) =>
  from === 0 || from >= to
    ? []
    : proveConsistency(from, to, (nodes) => nodes.map(({ level, index }) => rootOfHashes(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level))))

const post = (body: string | Uint8Array) => app.request('/add-checkpoint', { method: 'POST', body: Buffer.from(body) })
async function submit(from: number, to: number, change: Parameters<typeof noteAt>[1] = {}): Promise<Response> {
  return post(encodeAddCheckpoint(from, await proof(from, to), noteAt(to, change)))
}
const shown = () => app.request(`/${createHash('sha256').update(origin).digest('hex')}/checkpoint`)
const evidence = async () => (await app.request('/evidence')).json()

async function expectSize(response: Response, size: number): Promise<void> {
  assert.equal(response.status, 409)
  assert.equal(response.headers.get('content-type'), 'text/x.tlog.size')
  assert.equal(await response.text(), `${size}\n`)
}

test('nothing was cosigned yet: no checkpoint is shown, and another old size than 0 is a conflict that says 0', async () => {
  assert.equal((await shown()).status, 404)
  await expectSize(await submit(3, 5), 0)
})

test('a first checkpoint is cosigned with the time, and shown with both signatures', async () => {
  const response = await submit(0, 7)
  assert.equal(response.status, 200)
  const line = await response.text()
  assert.match(line, /^\u2014 witness\.county\.example [A-Za-z0-9+/]+=*\n$/)
  const vkey = (await (await app.request('/vkey')).text()).trim()
  assert.equal(verifyCosignature(parseNote(noteAt(7) + line), parseVkey(vkey)), Date.parse('2026-11-23T14:05:09Z') / 1000)
  assert.equal(await (await shown()).text(), noteAt(7) + line)
})

test('a larger checkpoint with a proof is cosigned, the same one again too, and a stale old size is told the newer', async () => {
  assert.equal((await submit(7, 20)).status, 200)
  assert.equal((await submit(20, 20)).status, 200)
  await expectSize(await submit(7, 25), 20)
  await expectSize(await submit(0, 25), 20)
})

test('what is malformed is a bad request', async () => {
  const good = encodeAddCheckpoint(20, await proof(20, 21), noteAt(21))
  const lines = (count: number) => `old 20\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(count)}\n${noteAt(21)}`
  for (const body of [
    '',
    'old 20\n',
    good.replace('old 20', 'old 020'),
    good.replace('old 20', 'old -1'),
    good.replace('old 20', 'new 20'),
    good.replace('old 20', 'old  20'),
    good.replace('old 20', 'old 99999999999999999999'),
    good.replace('old 20\n', 'old 20\r\n'),
    good.replace('old 20\n', 'old 20\nnot base 64\n'),
    good.replace('old 20\n', 'old 20\nAAAA\n'),
    good.replace(`${origin}\n21`, `${origin}\n021`),
    good.slice(0, good.indexOf('\u2014')),
    good.slice(0, -1),
    lines(64),
    Buffer.concat([Buffer.from(good), Buffer.of(0xff, 0xfe)]),
  ]) {
    assert.equal((await post(body)).status, 400, JSON.stringify(body.toString().slice(0, 80)))
  }
  assert.equal((await submit(22, 21)).status, 400)
  assert.equal((await post(lines(63))).status, 422)
  assert.equal((await post(new Uint8Array(longestRequest + 1))).status, 413)
  assert.equal((await app.request('/add-checkpoint')).status, 405)
})

test('an unknown log is not found, an untrusted key is forbidden, and unknown signatures beside a trusted one are ignored', async () => {
  const other = noteSigner('ledger.elsewhere.example/x/1', noteTypes.ed25519, Buffer.alloc(32, 3))
  const foreign = signNote(encodeCheckpoint('ledger.elsewhere.example/x/1', 1, rootAt(1)), other)
  assert.equal((await post(encodeAddCheckpoint(0, [], foreign))).status, 404)
  assert.equal((await submit(20, 22, { by: [stranger] })).status, 403)
  assert.equal((await post(encodeAddCheckpoint(20, await proof(20, 22), noteAt(22).replace(/.{8}\n$/, 'AAAAAAA=\n')))).status, 403)
  assert.equal((await submit(20, 22, { by: [stranger, key] })).status, 200)
  assert.ok(!(await (await shown()).text()).includes(noteAt(22, { by: [stranger] }).split('\n\n')[1] ?? 'x'))
})

test('a signed checkpoint without a proof is refused and kept as evidence, until the same one is proven', async () => {
  const body = encodeAddCheckpoint(22, [Buffer.alloc(32)], noteAt(30))
  assert.equal((await post(body)).status, 422)
  assert.equal((await post(encodeAddCheckpoint(22, [], noteAt(30)))).status, 422)
  const [kept, ...others] = (await evidence()).filter(({ size }: { size: number }) => size === 30)
  assert.deepEqual(
    { code: kept.code, oldSize: kept.oldSize, request: kept.request, settledAt: kept.settledAt, others },
    {
      code: 'unproven',
      oldSize: 22,
      request: body,
      settledAt: null,
      others: [],
    },
  )
  assert.ok(kept.cosigned.startsWith(`${origin}\n22\n`))
  assert.equal((await submit(22, 30)).status, 200)
  assert.equal((await evidence()).find(({ size }: { size: number }) => size === 30).settledAt, '2026-11-23T14:05:09.000Z')
})

test('a fork is never cosigned: of equal size it is a conflict, larger it has no proof, and both are evidence', async () => {
  const frontier = appendToFrontier([], 0, [...hashes.slice(0, 29), leafHash('another')])
  await expectSize(await submit(30, 30, { root: foldRange(frontier) }), 30)
  const larger = rootOfHashes([...hashes.slice(0, 29), leafHash('another'), ...hashes.slice(30, 35)])
  assert.equal((await submit(30, 35, { root: larger })).status, 422)
  const codes = (await evidence())
    .filter(({ settledAt }: { settledAt: unknown }) => settledAt === null)
    .map(({ code, size }: { code: string; size: number }) => `${code} ${size}`)
  assert.deepEqual(codes.slice(0, 2), ['unproven 35', 'fork 30'])
  assert.ok((await (await shown()).text()).startsWith(`${origin}\n30\n`))
})

test('an old size of 0 takes an empty proof only, and an empty tree has one root', async () => {
  const second = noteSigner('ledger.second.example/a/1', noteTypes.ed25519, Buffer.alloc(32, 6))
  await addLog(witness, encodeVkey(second.verifier))
  const note = (size: number, root: Uint8Array) => signNote(encodeCheckpoint('ledger.second.example/a/1', size, root), second)
  assert.equal((await post(encodeAddCheckpoint(0, [Buffer.alloc(32)], note(3, rootAt(3))))).status, 422)
  await expectSize(await post(encodeAddCheckpoint(0, [], note(0, rootAt(1)))), 0)
  assert.equal((await post(encodeAddCheckpoint(0, [], note(0, emptyRoot)))).status, 200)
  assert.equal((await post(encodeAddCheckpoint(0, [], note(3, rootAt(3))))).status, 200)
})

test('of many submissions at once none rolls another back', async () => {
  const answers = await Promise.all(
    [31, 32, 33, 34, 33, 32].map((size) => submit(30, size).then(async (response) => ({ size, status: response.status }))),
  )
  const cosigned = answers.filter(({ status }) => status === 200)
  assert.ok(cosigned.length >= 1)
  assert.ok(answers.every(({ status }) => status === 200 || status === 409))
  assert.equal(new Set(cosigned.map(({ size }) => size)).size, 1)
  await expectSize(await submit(0, 35), cosigned[0]?.size ?? 0)
})

test('a database that was put back does not make the witness forget, and a damaged memory keeps it from cosigning', async () => {
  const { size } = (await (await app.request('/logs')).json()).find((log: { origin: string }) => log.origin === origin)
  await submit(size, 36)
  await database.database.owner((client) =>
    client.query(`update witness_logs set size = 7, root = $1, note = $2 where origin = $3`, [rootAt(7), noteAt(7), origin]),
  )
  open()
  await expectSize(await submit(7, 37), 36)
  assert.ok((await (await shown()).text()).startsWith(`${origin}\n36\n`))
  assert.equal((await submit(36, 37)).status, 200)
  const folder = join(dataDir, 'ledger', '.witness')
  assert.ok(readdirSync(folder).every((name) => name === 'witness.key' || /^[0-9a-f]{64}\.json$/.test(name)))
  await database.database.owner((client) => client.query(`update witness_logs set root = sha256('x') where origin = $1`, [origin]))
  const broken = await submit(37, 38)
  assert.equal(broken.status, 503)
  await database.database.owner((client) => client.query(`update witness_logs set root = $1 where origin = $2`, [rootAt(37), origin]))
  assert.equal((await submit(37, 38)).status, 200)
})

test('a log may have two keys while one replaces the other, and one that is taken up again goes on where it was', async () => {
  await assert.rejects(addLog(witness, encodeVkey(witness.signer.verifier)), { code: 'witness.key_type' })
  await addLog(witness, encodeVkey(stranger.verifier))
  assert.equal((await submit(38, 39, { by: [stranger] })).status, 200)
  await removeLog(witness, encodeVkey(stranger.verifier))
  assert.equal((await submit(39, 40, { by: [stranger] })).status, 403)
  await assert.rejects(removeLog(witness, encodeVkey(key.verifier)), { code: 'witness.last_key' })
  await removeLog(witness, origin)
  assert.equal((await submit(39, 40)).status, 404)
  assert.equal((await shown()).status, 404)
  await assert.rejects(removeLog(witness, origin), { code: 'witness.log_unknown' })
  await addLog(witness, encodeVkey(key.verifier))
  await expectSize(await submit(0, 40), 39)
})

test('a demonstration’s log is not witnessed', async () => {
  const demo = noteSigner('demo.ledger.example.org/qingxi/1', noteTypes.ed25519, Buffer.alloc(32, 4))
  await assert.rejects(addLog(witness, encodeVkey(demo.verifier)), { code: 'witness.demo' })
})

test('the program can change neither what is evidence nor which log it was about', async () => {
  for (const statement of [
    sql`delete from witness_evidence`,
    sql`update witness_evidence set request = ''`,
    sql`update witness_logs set origin = 'x'`,
    sql`delete from witness_logs`,
  ]) {
    await assert.rejects(statement.execute(database.database.db), { code: '42501' })
  }
})
