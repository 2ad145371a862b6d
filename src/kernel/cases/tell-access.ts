// Words of the kernel to people about who may open their case: codes, proxies, a broken seal. No procedure has to think of them.
import { type Identity, type Party } from './types.ts'
import { addLetter, type OutboxContent } from './tell.ts'
import type { Step } from './step.ts'

type Letter = { id: string; words: string }

/** `{number}`, `{town}`, `{code}`, `{due}` are filled in; an SMS goes out under the id of a registered template. */
const letters = {
  code: {
    id: 'case.party-code',
    words: '{town}收到一件与您有关的事项，编号{number}。您可以用回执码 {code} 在平台“查进度”里查看，也可以到窗口查询。',
  },
  represented: {
    id: 'case.represented',
    words: '{town}：有人代您办理事项，编号{number}。您随时可以查看、缩小范围或者终止代办；没有回执码的，带身份证到窗口领取。',
  },
  proxy: { id: 'case.mandate-changed', words: '{town}：事项{number}的代办范围有变化，请以平台“查进度”里显示的为准。' },
  opened: {
    id: 'case.glass-opened',
    words: '{town}：您的事项{number}经督查办公室批准被紧急调阅。由谁、什么时候、为了什么，请在“查进度”里查看。',
  },
  recusal: { id: 'case.recusal-decided', words: '{town}：您在事项{number}中提出的回避申请已有决定和理由，请在“查进度”里查看。' },
} satisfies Record<string, Letter>

/** Each party of a new case has her own code; whoever is not at the screen gets it by her own contact. */
export const tellCode = (step: Step, party: Party, code: string): boolean => send(step, party.identity, letters.code, { code })

export const tellRepresented = (step: Step, party: Party): boolean => send(step, party.identity, letters.represented)
export const tellProxy = (step: Step, identity: Identity): boolean => send(step, identity, letters.proxy)
export const tellRecusalDecided = (step: Step, party: Party): boolean => send(step, party.identity, letters.recusal)

/** Everybody whose case it is, but nobody who is complained of in it. Says whether each could be reached. */
export function tellOpened(step: Step): boolean {
  const parties = step.case.parties.filter((party) => !party.blind)
  return parties.map((party) => send(step, party.identity, letters.opened)).every((reached) => reached)
}

function send(step: Step, { email, phone }: Identity, letter: Letter, more: Record<string, string> = {}): boolean {
  const variables = { number: step.case.row.number, town: step.town.name.zh, ...more }
  const text = letter.words.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (variables as Record<string, string>)[name] ?? whole)
  const content: OutboxContent | undefined = email
    ? { to: email, subject: `${step.town.name.zh} ${step.case.row.number}`, text }
    : phone
      ? { to: phone, template: letter.id, variables }
      : undefined
  if (!content) return false
  addLetter(step, email ? 'mail' : 'sms', letter.id, content)
  return true
}
