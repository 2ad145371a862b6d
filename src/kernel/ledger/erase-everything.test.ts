// What an erasure must reach: every table with something of a case, the public ones and the pieces from the field among them.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { as } from '#kernel/context.ts'
import { uuidv7 } from '#kernel/ids.ts'
import { petitionSteps } from '#tests/support/petition-steps.ts'
import { openTestTown } from '#tests/support/town.ts'
import { attacker } from './drill-tools.fixture.ts'
import { eraseCase } from './erase-case.ts'

const town = await openTestTown()
const { ctx, tenant, installation } = town
after(() => town.close())
const steps = petitionSteps(() => town)
const { run } = attacker(town)
const signer = await installation.logOf(tenant)

/** Tables of a case whose words an erasure takes away: one row each is planted below, and none of its words is left. */
const emptied = [
  'api_filings',
  'break_glass',
  'calendar_feeds',
  'case_actions',
  'case_grants',
  'case_messages',
  'case_publications',
  'case_ratings',
  'case_search',
  'case_sessions',
  'case_subjects',
  'case_views',
  'cases',
  'consultations', // its opinions; the draft is the town's own and stays
  'documents',
  'events',
  'field_surveys',
  'files',
  'idempotency_keys',
  'incidents',
  'mandates',
  'outbox',
  'parties',
  'party_lookups',
  'personal_requests',
  'public_cases',
  'public_tasks',
  'public_updates',
  'recusal_requests',
  'signing_codes',
  'vault.case_keys',
]
/** Tables that hold ids, times, posts, bodies and words of the package only; what each keeps is what an office has to answer for. */
const kept = [
  'ballots',
  'case_links',
  'case_statistics',
  'deadlines',
  'disposals',
  'document_services',
  'escalations',
  'office_findings',
  'procedure_migration_cases',
  'recusals',
  'redactions',
  'subscriptions',
  'tasks',
  'timers',
]

test('every table with something of a case is known to the erasure, or holds nothing of a person', async () => {
  const rows = await run(
    `select table_schema || '.' || table_name as name from information_schema.columns
     where column_name = 'case_id' and table_schema in ('public', 'vault') order by 1`,
  )
  const known = rows.map(({ name }) => String(name).replace(/^public\./, ''))
  assert.deepEqual(
    known.filter((name) => !emptied.includes(name) && !kept.includes(name)),
    [],
    'say in erase-queries.ts what is destroyed there, and name the table here',
  )
  assert.deepEqual(
    [...emptied, ...kept].filter((name) => !known.includes(name)),
    [],
    'these tables are gone',
  )
})

const words = '琥珀匣里的旧信'

/** Rows as the modules write them, with words in clear where something public stands and in place of what is encrypted elsewhere. */
async function plant(caseId: string, partyId: string): Promise<{ chunk: string }> {
  const id = () => uuidv7(town.clock.now())
  const [consultation, survey, chunk] = [id(), id(), id()]
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row)
    return run(`insert into ${table} (tenant_id, ${names.join(', ')}) values ($1, ${names.map((_, at) => `$${at + 2}`).join(', ')})`, [
      tenant,
      ...Object.values(row),
    ])
  }
  const [at, on] = [town.clock.now(), '2026-03-02']
  const bytes = Buffer.from(words)
  const fields = JSON.stringify({ 'filing.description': words })
  const standing = { status: 'open', filed_at: at, updated_at: at, fields }
  await insert('public_cases', { case_id: caseId, number: 'X-1', procedure: 'petition', ...standing })
  await insert('public_updates', { update_id: id(), case_id: caseId, at, status: 'open', words })
  await insert('public_updates', { update_id: id(), case_id: caseId, at, status: 'open', event: 'accepted' })
  await insert('case_publications', { publication_id: id(), case_id: caseId, element: 'E', content: fields, from_on: on, published_at: at })
  await insert('public_tasks', { public_task_id: id(), case_id: caseId, element: 'E', title: words, promised_on: on, due_on: on })
  const period = { opens_on: on, closes_on: on, opened_at: at }
  await insert('consultations', { consultation_id: consultation, case_id: caseId, number: 'X-1', element: 'E', title: '草案', ...period })
  const opinion = { opinion_id: id(), channel: 'web', received_on: on, filed_at: at, sealed: bytes, payload: bytes, receipt_hash: Buffer.alloc(32) }
  await insert('opinions', { consultation_id: consultation, number: 1, ...opinion, status: 'shown', shown: words, tokens: ['7'] })
  await insert('opinion_counts', {
    consultation_id: consultation,
    paragraph: 0,
    status: 'shown',
    group_id: `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`,
    count: 1,
  })
  await insert('field_surveys', { survey_id: survey, case_id: caseId, task_id: id(), user_id: 'u', files: '[]', begun_at: at })
  await insert('field_chunks', { survey_id: survey, sha256: 'a'.repeat(64), first_byte: 0, bytes: 3, chunk_id: chunk })
  await ctx.services.files.put(tenant, chunk, bytes)
  await insert('calendar_feeds', { feed_hash: Buffer.alloc(32), case_id: caseId, party_id: partyId, made_at: at })
  const code = { text_hash: 'x', code_hash: bytes, made_at: at, expires_at: at }
  await insert('signing_codes', { code_id: id(), case_id: caseId, party_id: partyId, document: 'd', ...code })
  const mandate = {
    kind: 'relative',
    identity: bytes,
    evidence: bytes,
    acts: [],
    from_on: on,
    receipt_hash: Buffer.alloc(32),
    made_at: at,
    made_by: 'u',
  }
  await insert('mandates', { case_id: caseId, mandate_id: id(), party_id: partyId, ...mandate })
  await insert('case_subjects', { case_id: caseId, subject_id: id(), name: bytes, named_at: at, named_by: 'u' })
  await insert('break_glass', { glass_id: id(), case_id: caseId, user_id: 'u', purpose: 'audit', reason: bytes, asked_at: at })
  const asked = { post_id: 'p', kind: 'kin', words: bytes, asked_at: at }
  await insert('recusal_requests', { request_id: id(), case_id: caseId, party_id: partyId, ...asked })
  await insert('case_views', { view_id: id(), case_id: caseId, viewed_at: at, user_id: 'u', purpose: 'x', fields: [], words: bytes })
  return { chunk }
}

test('an erasure leaves no word in public, no piece from the field, no calendar and nobody who stood in', async () => {
  const { caseId, number, receiptCode } = await steps.file()
  const petitioner = await findReceiptActor(as(ctx, { kind: 'anonymous' }), number, receiptCode)
  assert.ok(petitioner?.kind === 'receipt')
  await sendCaseMessage(as(ctx, petitioner), { caseId }, 'withdraw', { confirmed: true })
  const { chunk } = await plant(caseId, petitioner.partyId)
  await eraseCase(ctx, signer, { number, basis: 'pipl-47' })
  const tables = [...emptied.filter((name) => name !== 'vault.case_keys'), 'opinions', 'field_chunks']
  for (const table of tables) {
    const rows = await run(`select row_to_json(t)::text as row from ${table} t`)
    for (const { row } of rows)
      assert.ok(!String(row).includes(words) && !String(row).includes(Buffer.from(words).toString('hex')), `${table} still says it`)
  }
  await assert.rejects(ctx.services.files.get(tenant, chunk))
  const [left] =
    await run(`select (select count(*)::int from field_surveys) + (select count(*)::int from calendar_feeds) + (select count(*)::int from signing_codes)
      + (select count(*)::int from mandates where receipt_hash is not null) as rows,
    (select string_agg(status || ' ' || rule, ',') from opinions) as opinions, (select string_agg(status || ' ' || count, ',') from opinion_counts) as counts,
    (select count(*)::int from public_updates) as updates, (select string_agg(status, ',') from public_cases) as standing`)
  assert.deepEqual(left, { rows: 0, opinions: 'withheld erased', counts: 'withheld 1', updates: 1, standing: 'open' })
})
