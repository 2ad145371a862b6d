// An invented procedure for tests of ballots and meetings: the club asks its members about a colour, then its committee meets.
import type { Ctx } from '#kernel/context.ts'
import { declared, makePackage, publishInvented } from './club.ts'

const poll = `
start s form=filing event=filed
service Route action=route-case@1
service Open action=open-ballot@1
user Wait form=answer
service Close action=close-ballot@1
user Meet form=meet
service Count action=count-meeting@1
end closed
s -> Route -> Open -> Wait -> Close -> Meet -> Count -> closed
`
const text = { ...declared, type: 'string', maxLength: 90 } as const
const number = { ...declared, type: 'integer', minimum: 0, maximum: 9999 } as const
const figures = ['entitled', 'present', 'inFavour', 'proxies'] as const

export async function openPoll(ctx: Ctx): Promise<void> {
  const procedure = await makePackage(
    'poll',
    poll,
    {
      Route: [{ name: 'office', value: 'agriculture' }],
      Open: [
        { name: 'question', value: 'Which colour?' },
        { name: 'options', value: '=["red","green","blue"]' },
        { name: 'choose', value: '2' },
        { name: 'batch', value: '5' },
        { name: 'closes', value: '2026-03-09' },
      ],
      Close: [{ name: 'ballot', value: 'Open' }],
      Count: [
        { name: 'quorum', value: '2/3' },
        { name: 'majority', value: '>1/2' },
        { name: 'notice-days', value: '10' },
        { name: 'noticed-on', value: '=Meet.noticed' },
        { name: 'held-on', value: '=Meet.held' },
        { name: 'entitled', value: '=Meet.entitled' },
        { name: 'present', value: '=Meet.present' },
        { name: 'proxies', value: '=Meet.proxies' },
        { name: 'proxies-each', value: '1' },
        { name: 'in-favour', value: '=Meet.inFavour' },
      ],
    },
    {},
    { forms: { meet: { noticed: text, held: text, ...Object.fromEntries(figures.map((name) => [name, number])) } } },
  )
  await publishInvented(ctx, procedure)
}
