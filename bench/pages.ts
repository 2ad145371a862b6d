// Whole pages through the application, without a socket: routing, rights, database, HTML.
import { staffActor, appoint } from '#kernel/access/posts.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { filingOf } from '../tests/faults/workload.ts'
import { type Measured, measure } from './measure.ts'
import { ensureAssets } from '#ui/build.ts'
import type { Bench, BenchTown } from './town.ts'

const callers = 8

/** Pages per second at eight callers; a page that does not answer 200 is left out and named. */
export async function benchPages(bench: Bench, seconds: number): Promise<Record<string, Measured>> {
  await ensureAssets()
  return bench.withTown(callers, async (town) => {
    const { createApp } = await import('#app')
    const app = createApp(town.installation)
    const cookie = await signIn(town)
    const number = await fileSome(town)
    const base = `/t/${town.ctx.tenant}`
    const pages = { start: base, health: '/healthz', inbox: `${base}/workspace`, case: `${base}/workspace/cases/${number}` }
    const figures: Record<string, Measured> = {}
    for (const [name, path] of Object.entries(pages)) {
      const get = () => app.request(`http://127.0.0.1:3000${path}`, { headers: { cookie } })
      const { status } = await get()
      if (status === 200) figures[name] = await measure(callers, seconds, async () => (await get()).text())
      else process.stdout.write(`${name}: ${path} answered ${status}\n`)
    }
    console.table(
      Object.entries(figures).map(([page, { perSecond, p50, p99 }]) => ({
        page,
        'per second': Math.round(perSecond),
        'p50 ms': p50.toFixed(2),
        'p99 ms': p99.toFixed(2),
      })),
    )
    return figures
  })
}

/** A clerk's session; the demonstration asks for no second factor. */
async function signIn({ installation, ctx }: BenchTown): Promise<string> {
  const identity = installation.identityOf(ctx.tenant)
  const account = { email: 'bench@office.example', password: 'veertig blauwe kraanvogels', name: 'Bench' }
  const { userId } = await identity.createUser({ ...account, kind: 'staff' })
  await appoint(ctx, { postId: 'petition-clerk', userId, from: '2026-01-01' })
  const { posts } = await staffActor(ctx, { userId, name: account.name })
  if (posts.length === 0) throw new Error('the bench account holds no post')
  const { cookies } = await identity.signIn({ ...account, headers: new Headers() })
  return cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')
}

async function fileSome({ ctx }: BenchTown): Promise<string> {
  let number = ''
  for (let index = 0; index < 60; index++)
    ({ number } = await openCase(as(ctx, { kind: 'anonymous' }), filingOf({ seed: 3, filings: 0, completions: 0 }, index)))
  return number
}
