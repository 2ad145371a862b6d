// Guesses beyond what the town allows: each is tried with a small limit, so that the test stays short.
import assert from 'node:assert/strict'
import { changeSettings } from '#kernel/towns/create-town.ts'
import { forgetTown } from '#kernel/towns/towns.ts'
import { here, type World } from './world.ts'

const tries = {
  codesTried: async (world: World) => post(world, '/track', { code: 'AAAA-BBBB-CCCC-DDDD', number: '' }),
  drafts: async (world: World) => post(world, '/resume', { code: 'AAAA-BBBB-CCCC-DDDD' }),
  documentsVerified: async (world: World) => (await world.ask(`${here}/verify/AAAAABBBBB`)).status,
  accountMails: async (world: World) => post(world, '/account/reset', { email: 'somebody@elsewhere.example' }),
  wrongReceiptCodes: async (world: World) =>
    (await world.ask(`${here}/api/v1/cases/${world.victim.number}`, { headers: { authorization: 'Receipt AAAA-BBBB-CCCC-DDDD' } })).status,
}

async function post(world: World, path: string, fields: Record<string, string>): Promise<number> {
  const visitor = world.visitor()
  await visitor.get(`${here}${path}`)
  return (await visitor.post(`${here}${path}`, fields)).status
}

/** Three tries are answered, the fourth is not, also not with another cookie or a forwarded address. */
export async function verifyLimits(world: World, name: keyof typeof tries): Promise<void> {
  const limits = { codesTried: 3, documentsVerified: 3, accountMails: 3, wrongReceiptCodes: 3 }
  world.town.clock.advance(3600_000)
  await changeSettings(world.installation.database, 'qingxi', { limits })
  forgetTown(world.town.ctx)
  try {
    const statuses = []
    for (let round = 0; round < 4; round++) statuses.push(await tries[name](world))
    assert.equal(statuses.slice(0, 3).includes(429), false, statuses.join(' '))
    assert.equal(statuses[3], 429, statuses.join(' '))
  } finally {
    await changeSettings(world.installation.database, 'qingxi', { limits: {} })
    forgetTown(world.town.ctx)
    await world.refresh()
  }
}
