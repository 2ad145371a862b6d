// A real town from nothing: founded, its first person comes in by the invitation alone, and residents can file.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemActor } from '#kernel/context.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { listHolders } from '#kernel/access/holders.ts'
import { getTown } from '#kernel/towns/towns.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { demoOrganizations, demoVillages } from '../demo/town.ts'
import { demoPosts } from '../demo/town-posts.ts'
import { runData } from './data-commands.ts'

let town: TestTown
before(async () => {
  town = await openTestTown()
})
after(() => town.close())

const run = (name: string, input: object) => runData({ installation: town.installation, clock: undefined }, name, input)
const registers = JSON.stringify({ organizations: demoOrganizations, posts: demoPosts, villages: demoVillages })
const wish = { tenant: 'shiqiao', name: '石桥镇', nameEn: 'Shiqiao Town', zone: 'Asia/Shanghai', adminEmail: 'it@shiqiao.example', adminName: '周田' }

test('a town with its registers takes a matter, and its only account has no password yet', async () => {
  const made = (await run('town-create', { ...wish, registers })) as {
    url: string
    posts: number
    admin: { userId: string; post: string; link: string }
  }
  assert.match(made.admin.link, /\/t\/shiqiao\/account\/password\?token=/)
  const identity = town.installation.identityOf('shiqiao')
  const [admin, ...others] = await identity.listUsers('staff')
  assert.deepEqual([admin?.hasPassword, others.length], [false, 0])
  const ctx = await town.installation.ctxFor('shiqiao', systemActor('test'))
  assert.deepEqual(
    (await listHolders(ctx)).map((holder) => [holder.postId, holder.userId]),
    [['it-admin', admin?.userId]],
  )
  assert.equal((await getTown(ctx)).demo, false)
  const filed = await openCase({ ...ctx, actor: { kind: 'anonymous' } }, sampleFiling)
  assert.ok(filed.deadlines.length > 0, 'the calendar is there: a due date could be computed')
})

test('run again it goes on and the newer invitation counts; once somebody works there it refuses', async () => {
  const again = (await run('town-create', wish)) as { admin: { link: string } }
  const token = new URL(again.admin.link).searchParams.get('token') ?? ''
  await town.installation.identityOf('shiqiao').setPasswordByToken({ token, password: 'clear brook 2026 over stones' })
  await assert.rejects(run('town-create', wish), { code: 'town.exists' })
})

test('a town without a file of registers has its government and the post that sets up the rest', async () => {
  await run('town-create', { ...wish, tenant: 'hexi', adminEmail: 'it@hexi.example' })
  const { organizations, posts } = await getTown(await town.installation.ctxFor('hexi', systemActor('test')))
  assert.deepEqual([[...organizations.keys()], [...posts.keys()]], [['town'], ['it-admin']])
})

const wrong: [string, object, string][] = [
  ['a name with capitals', { tenant: 'Shi Qiao' }, 'command.input'],
  ['a zone that is none', { zone: 'Beijing' }, 'command.input'],
  ['no address', { adminEmail: 'nobody' }, 'account.email_invalid'],
  ['a file that is no JSON', { registers: '{' }, 'town.registers'],
  ['an unknown register', { registers: '{"people": []}' }, 'town.registers'],
  [
    'a post of a body that is not there',
    { registers: '{"posts":[{"id":"a","duty":"b","organization":"c","title":{"zh":"甲","en":"A"}}]}' },
    'town.registers',
  ],
]
for (const [title, change, code] of wrong)
  test(`${title} is refused`, () =>
    assert.rejects(run('town-create', { ...wish, tenant: 'yuanshan', adminEmail: 'it@yuanshan.example', ...change }), { code }))
