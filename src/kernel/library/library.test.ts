// Drafts, publication by two people, pinned cases, and a reviewed migration of running cases, on the real kernel.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { loadCase } from '../cases/load-case.ts'
import { openCase } from '../cases/open-case.ts'
import type { Actor, Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { DomainError } from '../errors.ts'
import { getPackageFiles, getProcedure } from '../procedures/packages.ts'
import { jobHandlers } from '../work/job-kinds.ts'
import { runJobs } from '../work/jobs.ts'
import { parseLeaf } from '../ledger/leaf.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { renameElement } from '#tests/support/rename-element.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { discardDraft, draftFromFiles, draftFromPublished, getDraft, returnDraft, saveDraft, submitDraft } from './drafts.ts'
import { dryRun, getMigration, planMigration, reviewMigration } from './migration.ts'
import { listStays } from './migration-queries.ts'
import { publishDraft } from './publish.ts'
import { listPublications } from './queries.ts'
import { standingOf } from './standing.ts'

const slug = sampleFiling.procedure
const staff = (userId: string, duty: string): Actor => ({
  kind: 'staff',
  userId,
  name: userId,
  posts: [{ postId: duty, duty, organizationId: 'town', kind: 'own', acting: false }],
})

let town: TestTown
let author: Ctx
let head: Ctx
let stranger: Ctx
before(async () => {
  town = await openTestTown()
  author = await town.ctxFor(staff('author', 'it-admin'))
  head = await town.ctxFor(staff('head', 'town-head'))
  stranger = await town.ctxFor(staff('clerk', 'petition-clerk'))
})
after(() => town.close())

const refusedWith = (code: string) => (error: DomainError) => error.code === code
const file = async () => openCase(await town.ctxFor({ kind: 'anonymous' }), { procedure: slug, data: sampleFiling.data })

/** The manifest with a later date and another version, as an author would write it. */
function next(manifest: string, version: string, from: string): string {
  return manifest.replace(/"version": "[^"]*"/, `"version": "${version}"`).replace(/"from": "2022-05-01"\n/, `"from": "${from}"\n`)
}

async function publish(version: string, changes: (files: Record<string, string>) => Record<string, string>): Promise<string> {
  const draft = await draftFromPublished(author, slug)
  const manifest = next(draft.files['procedure.json'] ?? '', version, '2026-03-02').replace(/"from": "2026-03-\d\d"/, '"from": "2026-03-02"')
  const files = { ...draft.files, 'procedure.json': manifest }
  const saved = await saveDraft(author, draft.draft_id, draft.version, { ...files, ...changes(files) })
  const sent = await submitDraft(author, draft.draft_id, saved.version, '更清楚')
  return (await publishDraft(head, draft.draft_id, sent.version, '同意')).hash
}

test('only posts of the library see or write drafts', async () => {
  await assert.rejects(draftFromPublished(stranger, slug), refusedWith('library.forbidden'))
  const draft = await draftFromPublished(author, slug)
  await assert.rejects(getDraft(stranger, draft.draft_id), refusedWith('draft.not_found'))
  await discardDraft(author, draft.draft_id, draft.version)
  await assert.rejects(getDraft(author, draft.draft_id), refusedWith('draft.not_found'))
})

test('a draft with a mistake is kept and cannot be sent; a stale save is refused', async () => {
  const draft = await draftFromPublished(author, slug)
  const saved = await saveDraft(author, draft.draft_id, draft.version, { 'diagram.bpmn': '<broken' })
  await assert.rejects(saveDraft(author, draft.draft_id, draft.version, {}), refusedWith('draft.stale'))
  await assert.rejects(submitDraft(author, draft.draft_id, saved.version, '试试'), (error: DomainError) => {
    assert.equal(error.code, 'draft.findings')
    return error.fields.some((field) => field.code === 'bpmn.parse')
  })
  await assert.rejects(saveDraft(author, draft.draft_id, saved.version, { '../../etc/passwd': 'x' }), refusedWith('package.path'))
  await discardDraft(author, draft.draft_id, saved.version)
})

test('whoever wrote a version does not publish it, and no version reaches back', async () => {
  const draft = await draftFromPublished(author, slug)
  const sent = await submitDraft(author, draft.draft_id, draft.version, '试试')
  await assert.rejects(publishDraft(author, draft.draft_id, sent.version, '同意'), refusedWith('publish.author'))
  await assert.rejects(publishDraft(stranger, draft.draft_id, sent.version, '同意'), refusedWith('library.forbidden'))
  await assert.rejects(publishDraft(head, draft.draft_id, sent.version, '同意'), refusedWith('publish.past'))
  const back = await returnDraft(head, draft.draft_id, sent.version, '请改生效日期')
  assert.equal(back.status, 'open')
  assert.equal(back.note, '请改生效日期')
  await discardDraft(author, draft.draft_id, back.version)
})

test('a new version takes new cases; running cases keep theirs, and the log has its leaf', async () => {
  const before = await getProcedure(town.ctx, slug)
  const old = await file()
  const hash = await publish('1.1.0', (files) => ({
    'texts.zh.json': (files['texts.zh.json'] ?? '').replace('"petition.title": "', '"petition.title": "新·'),
  }))
  const fresh = await file()
  assert.equal((await loadCase(town.ctx, old.caseId)).row.package_hash, before.hash)
  assert.equal((await loadCase(town.ctx, fresh.caseId)).row.package_hash, hash)
  const [publication] = await listPublications(town.ctx, slug, '2026-03-02')
  assert.equal(publication?.in_force, true)
  assert.deepEqual([publication?.authors, publication?.published_by, publication?.running], [['author'], 'head', 1])
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ leaf: Buffer }>`select leaf from ledger_queue where tenant_id = ${town.tenant} and source = ${publication?.publication_id ?? ''}`.execute(
      trx,
    ),
  )
  const leaf = parseLeaf(rows[0]?.leaf ?? '')
  assert.ok(leaf.kind === 'package')
  assert.deepEqual(leaf.fields, { package: slug, version: '1.1.0', digest: Buffer.from(hash, 'hex').toString('base64') })
})

test('a package from outside becomes a draft; what does not belong to one is refused', async () => {
  const files = await getPackageFiles(town.ctx, (await getProcedure(town.ctx, slug)).hash)
  const draft = await draftFromFiles(author, { ...files, 'diagram.bpmn': 'not xml' })
  assert.equal(draft.slug, slug)
  await assert.rejects(draftFromFiles(author, { ...files, 'run.js': '' }), refusedWith('package.path'))
  await assert.rejects(draftFromFiles(author, { 'diagram.bpmn': '' }), refusedWith('package.slug'))
  await discardDraft(author, draft.draft_id, draft.version)
})

test('running cases go over by a plan that a second person reviewed; one that does not fit stays; no limit changes', async () => {
  const at = await file()
  const from = (await getProcedure(town.ctx, slug)).hash
  const to = await publish('1.2.0', (files) => renameElement(files, 'Register', 'Enter'))
  const plan = { slug, from, to, moves: {}, reason: '环节改名', basis: '《信访工作条例》第十七条' }
  const without = await dryRun(town.ctx, plan)
  assert.deepEqual([without.fits, without.stays[0]?.code, without.stays[0]?.element], [0, 'gone', 'Register'])
  const moves = { Register: 'Enter' }
  assert.equal((await dryRun(town.ctx, { ...plan, moves })).fits, without.total)
  const bad = await planMigration(author, plan)
  await assert.rejects(reviewMigration(author, bad.migration_id, true, '同意'), refusedWith('migration.own'))
  await reviewMigration(head, bad.migration_id, true, '先试')
  await work()
  assert.deepEqual(
    (await listStays(author, bad.migration_id)).map((row) => row.code),
    ['gone', 'gone'],
  )
  assert.equal((await loadCase(town.ctx, at.caseId)).row.package_hash, from)

  const before = await loadCase(town.ctx, at.caseId)
  const good = await planMigration(author, { ...plan, moves })
  await reviewMigration(head, good.migration_id, true, '同意')
  await work()
  assert.equal((await getMigration(author, good.migration_id)).status, 'done')
  const after = await loadCase(town.ctx, at.caseId)
  assert.equal(after.row.package_hash, to)
  assert.deepEqual(after.deadlines, before.deadlines)
  assert.deepEqual(
    after.tasks.map((task) => task.element),
    ['Enter'],
  )
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ type: string }>`select type from events where tenant_id = ${town.tenant} and case_id = ${at.caseId} order by seq desc limit 1`.execute(trx),
  )
  assert.equal(rows[0]?.type, 'case.migrated')
  await assert.rejects(reviewMigration(head, good.migration_id, true, '再来'), refusedWith('migration.reviewed'))
})

test('the public sees no small figure; staff see what they may read', async () => {
  const open = await standingOf(await town.ctxFor({ kind: 'anonymous' }), slug)
  assert.deepEqual(open.get('Enter'), { running: null, overdue: 0 })
  const clerk: Actor = {
    kind: 'staff',
    userId: 'c',
    name: 'c',
    posts: [{ postId: 'petition-clerk', duty: 'petition-clerk', organizationId: 'petition-office', kind: 'own', acting: false }],
  }
  assert.deepEqual((await standingOf(await town.ctxFor(clerk), slug)).get('Enter'), { running: 2, overdue: 0 })
  const elsewhere: Actor = {
    kind: 'staff',
    userId: 'd',
    name: 'd',
    posts: [{ postId: 'x', duty: 'handler', organizationId: 'agriculture', kind: 'own', acting: false }],
  }
  assert.equal((await standingOf(await town.ctxFor(elsewhere), slug)).size, 0)
})

async function work(): Promise<void> {
  while (await runJobs(await town.ctxFor({ kind: 'system', work: 'jobs' }), jobHandlers));
}
