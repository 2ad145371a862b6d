// A petition office at work, over the staff pages: people who hold the posts, and the steps of a petition as they do them.
import assert from 'node:assert/strict'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { type Colleague, makeStaff, signInStaff } from './staff.ts'
import { openTestTown, type TestTown } from './town.ts'
import type { Visitor } from './visitor.ts'

export const base = '/t/qingxi/workspace'

const posts = {
  clerk: ['petition-clerk'],
  handler: ['village-construction-handler'],
  checker: ['village-construction-head'],
  head: ['town-head'],
  stranger: ['agriculture-handler'],
  second: ['petition-clerk'],
  admin: ['it-admin'],
  supervisor: ['supervisor'],
  reviewer: ['county-review-officer'],
}
export type Role = keyof typeof posts

const matter = {
  _channel: 'counter',
  '_received-year': '2026',
  '_received-month': '3',
  '_received-day': '2',
  name: '林小满',
  phone: '000 0000 0001',
  subject: '村道排水沟堵塞',
  description: '两次下雨积水进屋。',
  claim: '请清理排水沟。',
  village: 'shishang-village',
  electronicService: 'true',
}

export const servedOn = (day: string) => ({
  method: 'handed',
  'servedOn-year': '2026',
  'servedOn-month': '3',
  'servedOn-day': day,
  proof: '本人签收',
})

export const opinion = {
  claim: '请清理排水沟。',
  facts: '承办人员到现场查看，所反映的情况属实。',
  reasons: '该事项属于本镇职责。',
  outcome: 'supported',
  decision: '由承办办公室在15日内办结。',
  basis: '《信访工作条例》第三十二条。',
}

export type Desks = Awaited<ReturnType<typeof openDesks>>

/** A town with these people, all signed in. Close it. */
export async function openDesks() {
  await ensureAssets()
  const town: TestTown = await openTestTown()
  const app = createApp(town.installation)
  const people = new Map<Role, { colleague: Colleague; desk: Visitor }>()
  for (const name of Object.keys(posts) as Role[]) {
    // keys of the record above
    const colleague = await makeStaff(town, posts[name], `同事${name}`)
    people.set(name, { colleague, desk: await signInStaff(app, town, colleague) })
  }

  const at = (name: Role): Visitor => {
    const desk = people.get(name)?.desk
    assert.ok(desk)
    return desk
  }

  async function register(more: Record<string, string> = {}): Promise<string> {
    const clerk = at('clerk')
    await clerk.get(`${base}/intake`)
    const answer = await clerk.post(`${base}/intake`, { _procedure: 'petition', _key: clerk.field('_key'), ...matter, ...more })
    assert.equal(answer.status, 303, answer.text)
    const filed = await clerk.follow(answer)
    const number = /XF26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(filed.text)?.[0]
    assert.ok(number, filed.text)
    return number
  }

  /** Opens the task of this name in the case, and gives its address. */
  async function openTask(name: Role, number: string, title: string): Promise<string> {
    const page = await at(name).get(`${base}/cases/${number}`)
    const link = new RegExp(`href="(${base}/tasks/[0-9a-f-]{36})">${title}</a>`).exec(page.text)?.[1]
    assert.ok(link, `${title} in ${page.text.slice(0, 3000)}`)
    const task = await at(name).get(link)
    assert.equal(task.status, 200)
    return link
  }

  async function complete(name: Role, number: string, title: string, fields: Record<string, string>) {
    const desk = at(name)
    const address = await openTask(name, number, title)
    const answer = await desk.post(address, { _act: 'complete', _version: desk.field('_version'), ...fields })
    assert.equal(answer.status, 303, answer.text)
    return desk.follow(answer)
  }

  async function toOpinion(number: string, day = '2') {
    await complete('clerk', number, '登记', { category: 'claim', urgent: 'false', summary: '村道排水沟堵塞' })
    await complete('clerk', number, '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: '属于本镇职责。' })
    await complete('clerk', number, '送达受理告知书', servedOn(day))
    await complete('handler', number, '听取陈述、调查核实', { heard: 'met', findings: '到现场查看。', evidence: '照片4张。' })
    await complete('handler', number, '拟写处理意见书', opinion)
    await complete('checker', number, '核稿', { outcome: 'approve' })
    await complete('head', number, '审核签发', { outcome: 'sign' })
  }

  return { town, app, at, register, openTask, complete, toOpinion, close: () => town.close() }
}
