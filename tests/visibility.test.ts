// None of the ways out of the kernel shows a field the rule denies, none counts a case that its list hides: random cases against an oracle.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { ensureAssets } from '../src/ui/build.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { caseChannels, recordingActions } from './visibility/channels.ts'
import { checkVisibility, fillGuild } from './visibility/check.ts'

/** Who asks over HTTP: by post, by clearance, and by nothing at all. */
const posts = ['agriculture-handler', 'mediator-one', 'shishang-officer'] as const

let town: TestTown
before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await ensureAssets()
  await fillGuild(town, posts)
})
after(() => town.close())

const seed = 20_261_124

test('no channel shows more than the oracle allows, and the page shows no less', async () => {
  const { findings, cases, checks, answers } = await checkVisibility(town, { seed, cases: 3, files: 1, http: { posts, cases: 2 } })
  assert.ok(cases === 3 && checks > 50, `${checks} checks`)
  assert.ok(answers > 300, `${answers} answers over HTTP`)
  assert.deepEqual([...new Set(findings)].slice(0, 20), [])
})

/** Readers that answer for the program itself, or about no case. */
const notChannels = new Set([
  'findAcknowledgement',
  'findApiFiling',
  'findByApiToken',
  'findReceiptActor',
  'findByReceipt',
  'findLinkedReceipt',
  'findAssignees',
  'listGlassRequests',
  'listUntold',
  'listHandOvers',
  'readDossier',
  'readCaseFile',
  'findReceiver',
  'findFiles',
  'findRunning',
  'orderablePosts',
  // A number about a case that was opened before; frequency.test.ts says who gets it.
  'countRequests',
])
const lists = new Set([
  'listCases',
  'listInbox',
  'countInbox',
  'lateByOffice',
  'listEscalations',
  'findAtCounter',
  'findByIdNumber',
  'listIncidents',
  'getCase',
  'findCase',
])

test('every reader of cases is a channel of this test', () => {
  const folder = new URL('../src/kernel/cases/', import.meta.url)
  const readers = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/queries|drafts/.test(name))
    .flatMap((name) =>
      [
        ...readFileSync(new URL(name, folder), 'utf8').matchAll(
          /^export (?:async )?(?:function|const) ((?:list|find|get|view|read|count|export|late)[A-Z]\w*)/gm,
        ),
      ].map((match) => match[1] ?? ''),
    )
  assert.ok(readers.includes('viewCase') && readers.includes('listCases'))
  const unknown = readers.filter(
    (name) => !Object.hasOwn(caseChannels, name) && !Object.hasOwn(recordingActions, name) && !lists.has(name) && !notChannels.has(name),
  )
  assert.deepEqual(unknown, [], 'say in tests/visibility/channels.ts what they may show')
})
