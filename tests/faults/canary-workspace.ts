// The canaries typed into the staff's pages, in every box that takes words, by people who hold the posts.
import assert from 'node:assert/strict'
import { jobHandlers } from '#kernel/work/job-kinds.ts'
import { runJobs } from '#kernel/work/jobs.ts'
import { base, type Desks, opinion, type Role, servedOn } from '../support/desks.ts'
import { makeStaff, signInStaff } from '../support/staff.ts'
import type { Visitor } from '../support/visitor.ts'
import { canaries, matter, who } from './canaries.ts'
import { browser, codeIn, numberIn, pdf, photo, send } from './canary-portal.ts'

const words = `${canaries.name}，${canaries.officerPhrase}，${canaries.phone}`
const spoken = Object.fromEntries(Object.entries(opinion).map(([name, text]) => [name, name === 'outcome' ? text : `${text}${words}`]))
const served = (day: string) => ({ ...servedOn(day), proof: words })

/** @returns the codes and the token that were shown, and the number of the case. */
export async function releaseInWorkspace(desks: Desks): Promise<{ secrets: string[]; token: string }> {
  const { town, app } = desks
  const clerk = await signInStaff(app, town, await makeStaff(town, ['petition-clerk'], canaries.staffName), browser)
  const { number, code } = await takeIn(clerk)
  await searchAndSpeak(desks, clerk, number)
  const reissued = await findHer(clerk, number)
  await layBack(desks, clerk, number)
  await handle(desks, number)
  await putRight(desks, clerk, number)
  await bindFiles(desks, clerk)
  const token = await administer(desks, clerk)
  return { secrets: [code, reissued, token], token }
}

const received = { '_received-year': '2026', '_received-month': '3', '_received-day': '2', _evidence: words }

async function takeIn(clerk: Visitor): Promise<{ number: string; code: string }> {
  await clerk.get(`${base}/intake`)
  const source = { _channel: 'upstream', _upstreamSource: words, _upstreamNumber: canaries.idNumber, ...received }
  const fields = { _procedure: 'petition', ...source, ...matter, ...who, village: 'shishang-village', electronicService: 'true' }
  await send(clerk, `${base}/intake`, { ...fields, claim: '', phone: canaries.name }, 422)
  const refused = new File([canaries.fileText], `${canaries.fileName}.exe`)
  await send(clerk, `${base}/intake`, { ...fields, attachments: [refused] }, 422)
  const key = clerk.field('_key')
  const filed = await clerk.follow(await send(clerk, `${base}/intake`, { ...fields, _key: key, attachments: [await photo(), pdf()] }, 303))
  assert.equal((await clerk.get(`${base}/intake/slip.pdf`)).status, 200)
  return { number: numberIn(filed.text), code: codeIn(filed.text) }
}

async function searchAndSpeak({ at }: Desks, clerk: Visitor, number: string): Promise<void> {
  const address = `${base}/cases/${number}`
  for (const typed of [canaries.phrase, canaries.name, canaries.latinPhrase]) {
    const q = encodeURIComponent(typed)
    for (const list of ['/cases', '']) assert.equal((await clerk.get(`${base}${list}?q=${q}`)).status, 200)
  }
  await clerk.get(address)
  assert.ok((await send(clerk, `${address}/contacts`, { purpose: 'reach' }, 200)).text.includes(canaries.phone), 'her number is shown')
  await send(clerk, `${address}/messages`, { text: '' }, 422)
  await send(clerk, `${address}/messages`, { text: words }, 303)
  await at('second').get(address)
  await send(at('second'), `${address}/recusal`, { ground: words.repeat(20) }, 422)
  await send(at('second'), `${address}/recusal`, { ground: words }, 303)
}

async function findHer(clerk: Visitor, number: string): Promise<string> {
  await clerk.get(`${base}/counter`)
  await send(clerk, `${base}/counter`, { name: canaries.name, tail: canaries.phone }, 422)
  await send(clerk, `${base}/counter`, { name: canaries.latinName, tail: canaries.idNumber.slice(-4) }, 200)
  const found = await send(clerk, `${base}/counter`, { name: canaries.name, tail: canaries.phone.slice(-4) }, 200)
  assert.ok(found.text.includes(number), 'she is found by name and tail')
  const slip = await clerk.follow(await send(clerk, `${base}/counter/reissue`, { number, evidence: `${words} ${canaries.idNumber}` }, 303))
  return codeIn(slip.text)
}

/** Taken, laid back with a reason, given to a colleague with a reason, and refused with everything typed. */
async function layBack({ at }: Desks, clerk: Visitor, number: string): Promise<void> {
  const page = await clerk.get(`${base}/cases/${number}`)
  const task = new RegExp(`href="(${base}/tasks/[0-9a-f-]{36})">登记</a>`).exec(page.text)?.[1] ?? ''
  const act = async (fields: Record<string, string>, status: number) => {
    await clerk.get(task)
    return send(clerk, task, { _version: clerk.field('_version'), ...fields }, status)
  }
  await act({ _act: 'claim' }, 303)
  await act({ _act: 'return', _reason: words }, 303)
  await act({ _act: 'assign', _assignee: canaries.name, _reason: words }, 422)
  await clerk.get(task)
  const colleague = /<option value="([^"]+)"[^>]*>同事clerk</.exec(clerk.last)?.[1]
  assert.ok(colleague, 'there is a colleague to give it to')
  await act({ _act: 'assign', _assignee: colleague, _reason: words }, 303)
  await act({ _act: 'complete', category: canaries.name, summary: words, notes: words }, 422)
  assert.equal((await at('stranger').get(task)).status, 404)
}

/** From registration to the opinion that is served, with the canaries in all free texts and so in the documents. */
async function handle(desks: Desks, number: string): Promise<void> {
  const complete = (role: Role, title: string, fields: Record<string, string>) => desks.complete(role, number, title, fields)
  await complete('clerk', '登记', { category: 'claim', urgent: 'true', urgentReport: words, summary: words, notes: words })
  await complete('clerk', '审查是否受理', { outcome: 'accept', office: 'village-construction', reasons: words })
  await complete('clerk', '送达受理告知书', served('2'))
  await complete('handler', '听取陈述、调查核实', { heard: 'met', findings: words, evidence: words })
  const handler = desks.at('handler')
  const draft = await desks.openTask('handler', number, '拟写处理意见书')
  await send(handler, draft, { _act: 'preview', _version: handler.field('_version'), ...spoken }, 200)
  await complete('handler', '拟写处理意见书', spoken)
  await complete('checker', '核稿', { outcome: 'approve', comment: words })
  await complete('head', '审核签发', { outcome: 'sign', comment: words })
  await complete('clerk', '送达处理意见书', served('2'))
}

/** A wrong day, a wrong document, an appeal that came by letter, and the reasons that are given for each. */
async function putRight({ at }: Desks, clerk: Visitor, number: string): Promise<void> {
  const address = `${base}/cases/${number}`
  await clerk.get(`${address}/dates`)
  const day = { element: 'ServeOpinion', 'on-year': '2026', 'on-month': '3', 'on-day': '1', reason: words }
  await send(clerk, `${address}/dates`, { ...day, 'on-year': canaries.name }, 422)
  const dated = await clerk.post(`${address}/dates`, day)
  assert.ok([303, 409, 422].includes(dated.status), String(dated.status))
  const head = at('head')
  const document = new RegExp(`href="(${address}/documents/[0-9a-f-]{36})"[^>]*>信访事项处理意见书`).exec((await head.get(address)).text)?.[1] ?? ''
  await head.get(document)
  const fields = Object.fromEntries(Object.entries(spoken).map(([name, value]) => [`f-${name}`, value]))
  await send(head, document, { _act: 'correct', reason: '', ...fields }, 422)
  await send(head, document, { _act: 'correct', reason: words, ...fields, 'f-facts': `${words}已更正` }, 303)
  assert.ok((await head.get(document)).text.includes(words), 'whoever may read the document reads why it was corrected')
  await clerk.get(`${address}/acts/appeal`)
  const appeal = { reasons: words, claim: words, _channel: 'letter', ...received }
  await send(clerk, `${address}/acts/appeal`, { ...appeal, reasons: '' }, 422)
  await send(clerk, `${address}/acts/appeal`, appeal, 303)
  assert.equal((await clerk.get(`${address}/file.pdf`)).status, 200)
}

/** The job that binds the files of all cases that a search for her found. */
async function bindFiles({ town }: Desks, clerk: Visitor): Promise<void> {
  await clerk.get(`${base}/cases?q=${encodeURIComponent(canaries.phrase)}`)
  await send(clerk, `${base}/jobs`, { q: canaries.phrase }, 303)
  while (await runJobs(town.ctx, jobHandlers));
  assert.equal((await clerk.get(`${base}/jobs`)).status, 200)
}

/** An invitation, a wrong reason, and a token for a program. */
async function administer({ at }: Desks, clerk: Visitor): Promise<string> {
  const admin = at('admin')
  await admin.get(`${base}/people`)
  await send(admin, `${base}/people`, { _act: 'invite', name: canaries.staffName, email: canaries.name }, 422)
  await send(admin, `${base}/people`, { _act: 'invite', name: canaries.staffName, email: canaries.staffEmail }, 303)
  await send(
    admin,
    `${base}/people`,
    { _act: 'appoint', postId: canaries.name, userId: canaries.name, from: words, kind: 'holder', reason: words },
    422,
  )
  await admin.get(`${base}/settings`)
  await send(admin, `${base}/settings`, { file: new File([words], `${canaries.fileName}.json`), reason: words }, 422)
  await clerk.get(`${base}/account`)
  await send(clerk, `${base}/account`, { _act: 'verify', code: canaries.name }, 422)
  const made = await send(clerk, `${base}/account`, { _act: 'token', name: '值班室程序', days: canaries.phone }, 200)
  const token = /xl_qingxi_[A-Za-z0-9_-]{43}/.exec(made.text)?.[0]
  assert.ok(token, 'a token is shown once')
  return token
}
