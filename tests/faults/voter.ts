// A process that votes for everybody it is told of, all at once, three times each. Arguments: DATABASE_URL, data folder, ballot, accounts and now as JSON.
import { virtualClock } from '#kernel/clock.ts'
import { DomainError } from '#kernel/errors.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { castVote } from '#kernel/votes/votes.ts'

const [, , databaseUrl = '', dataDir = '', ballot = '', given = ''] = process.argv
// The parent wrote it, in this shape.
const { tenant, accounts, now } = JSON.parse(given) as { tenant: string; accounts: string[]; now: string }
const config = { dataDir, databaseUrl, baseUrl: 'http://127.0.0.1:3000', demo: false, poolSize: 6 }
const installation = await openInstallation(config, virtualClock(new Date(now)))
const cast = async (accountId: string, option: number): Promise<string> => {
  try {
    await castVote(await installation.ctxFor(tenant, { kind: 'resident', accountId }), ballot, [option])
    return 'cast'
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error)
  }
}
const answers = await Promise.all(accounts.flatMap((account, index) => [0, 1, 2].map(() => cast(account, index % 3))))
await installation.close()
process.stdout.write(JSON.stringify(answers))
