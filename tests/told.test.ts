// What people are told: once, with the date that is theirs, and in every place where a case can stand still, in plain words.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listDemoOutbox } from '#kernel/notifications/outbox.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { getProcedure, readPackageFolder } from '#kernel/procedures/packages.ts'
import { playExample } from '../src/demo/play-example.ts'
import { openTestTown } from './support/town.ts'

const folder = fileURLToPath(new URL('../procedures/service-request', import.meta.url))
const files = await readPackageFolder(folder)
const town = await openTestTown()
after(() => town.close())

/** Messages that a worked example sent, oldest last. */
async function lettersOf(name: string) {
  const procedure = await getProcedure(town.ctx, 'service-request')
  const example = procedure.examples.get(name)
  assert.ok(example, name)
  const known = new Set((await listDemoOutbox(town.ctx)).map((letter) => letter.messageId))
  await playExample(town.ctx, town.clock, 'service-request', example)
  return (await listDemoOutbox(town.ctx)).filter((letter) => !known.has(letter.messageId))
}

test('an event and an action that say the same are one message, in words that exist', async () => {
  const letters = await lettersOf('same-matter-merged')
  assert.deepEqual(letters.map((letter) => letter.textId).toSorted(), ['service-request.told.filed', 'service-request.told.merged'])
})

test('who is asked to agree is told until when: her own limit, not that of the office', async () => {
  const answered = (await lettersOf('solved-and-confirmed')).find((letter) => letter.textId === 'service-request.told.answered')
  assert.match(JSON.stringify(answered), /"yours":"2026-03-\d\d"/)
})

/** Rules that a copy of the package breaks when its Chinese texts are changed. */
async function rulesBroken(change: (texts: Record<string, string>) => void): Promise<string[]> {
  const texts: Record<string, string> = JSON.parse(files['texts.zh.json'] ?? '{}')
  change(texts)
  const { findings } = await loadPackage({ ...files, 'texts.zh.json': JSON.stringify(texts) })
  return findings.map(({ rule, place }) => `${rule} ${place.split('#/service-request.')[1]}`)
}

test('a package is refused whose message would name a date that nobody has, or a text that is not there', async () => {
  assert.deepEqual(await rulesBroken(() => undefined), [])
  assert.deepEqual(
    await rulesBroken((texts) => {
      texts['service-request.told.answered'] = '{due}前请告诉我们。'
      texts['service-request.told.filed'] = '您的期限是{yours}。'
      delete texts['service-request.told.merged']
    }),
    ['package.text-missing told.merged', 'package.told told.filed', 'package.told told.answered', 'package.told told.merged'],
  )
})

test('a package is refused that has no words for a place where the case rests, or for an end in an event subprocess', async () => {
  assert.deepEqual(
    await rulesBroken((texts) => {
      delete texts['service-request.status.AwaitWord']
      delete texts['service-request.outcome.Withdrawn']
    }),
    ['package.text-missing status.AwaitWord', 'package.text-missing outcome.Withdrawn'],
  )
})
