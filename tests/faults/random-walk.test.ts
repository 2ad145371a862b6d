// Whatever people do in whatever order, a case stays whole.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestTown } from '../support/town.ts'
import { checkWalk } from './check-walk.ts'

test('acts in random order leave every case whole, and the same acts give the same history', async () => {
  const [town, twin] = [await openTestTown(), await openTestTown()]
  try {
    const { findings, figures } = await checkWalk(town, twin, { seed: 20_261_123, matters: 8, steps: 14 })
    assert.deepEqual(findings, [])
    assert.ok(figures.done > figures.refused, `${figures.done} acts were done, ${figures.refused} refused`)
  } finally {
    await town.close()
    await twin.close()
  }
})
