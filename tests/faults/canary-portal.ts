// The canaries typed into the residents' pages: what is right and what is refused, saved, resumed, filed, added to and withdrawn.
import assert from 'node:assert/strict'
import type { Hono } from 'hono'
import sharp from 'sharp'
import { Visitor } from '../support/visitor.ts'
import { canaries, matter, upload, who } from './canaries.ts'

const base = '/t/qingxi'
const petition = `${base}/matters/petition`
/** What a browser says about itself on every request. */
export const browser = { 'user-agent': canaries.latinName, referer: `http://127.0.0.1:3000/?q=${encodeURIComponent(canaries.name)}` }

const { place, ...what } = matter
export const codeIn = (page: string) => /data-copy="([0-9A-Z-]{19})"/.exec(page)?.[1] ?? ''
export const numberIn = (page: string) => /XF\d\d-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(page)?.[0] ?? ''

/** Posts, and says what came instead of the expected status. */
export async function send(visitor: Visitor, path: string, fields: Parameters<Visitor['post']>[1], status: number) {
  const answer = await visitor.post(path, fields)
  assert.equal(answer.status, status, `${path}: ${answer.text.replaceAll(/<[^>]*>|\s+/g, ' ').slice(0, 800)}`)
  return answer
}

/** @returns every code that was shown on the way. */
export async function releaseInPortal(app: Hono): Promise<string[]> {
  const draft = await draftByPages(app)
  const { visitor, number, code } = await resumeAndFile(app, draft)
  await addAndWithdraw(visitor, number)
  await lookUp(app, number, code)
  await makeAccountByPages(app)
  return [draft, code]
}

async function draftByPages(app: Hono): Promise<string> {
  const visitor = new Visitor(app, browser)
  await visitor.follow(await visitor.get(`${petition}/new`))
  await send(visitor, `${petition}/new/what`, { ...what, subject: '', _then: 'next' }, 422)
  await send(visitor, `${petition}/new/what`, { ...what, _then: 'next' }, 303)
  await send(visitor, `${petition}/new/where`, { village: canaries.address, place, _then: 'next' }, 303)
  await send(visitor, `${petition}/new/where`, { village: 'shishang-village', place, _then: 'next' }, 303)
  await send(visitor, `${petition}/new/you`, { ...who, phone: canaries.name, _then: 'next' }, 422)
  await send(visitor, `${petition}/new/you`, { ...who, electronicService: 'true', _then: 'next' }, 303)
  const refused = new File([canaries.fileText], `${canaries.fileName}.exe`)
  await send(visitor, `${petition}/new/more`, { alreadyWith: 'none', attachments: [refused], _then: 'next' }, 422)
  await send(visitor, `${petition}/new/more`, { alreadyWith: 'none', attachments: [await photo(), pdf()], _then: 'save' }, 303)
  const code = codeIn((await visitor.get(`${petition}/saved`)).text)
  assert.notEqual(code, '')
  return code
}

async function resumeAndFile(app: Hono, draft: string): Promise<{ visitor: Visitor; number: string; code: string }> {
  const visitor = new Visitor(app, browser)
  await visitor.get(`${base}/resume`)
  await send(visitor, `${base}/resume`, { code: canaries.name }, 422)
  const check = await visitor.follow(await send(visitor, `${base}/resume`, { code: draft }, 303))
  for (const typed of [canaries.name, canaries.phone, canaries.phrase, canaries.fileName])
    assert.ok(check.text.includes(typed), `${typed} is resumed`)
  const filed = await visitor.follow(await send(visitor, `${petition}/new/check`, { _key: visitor.field('_key'), consent: 'true' }, 303))
  for (const paper of ['slip', 'slip.pdf', 'slip.svg', 'promise.txt']) assert.equal((await visitor.get(`${base}/filed/${paper}`)).status, 200, paper)
  const [number, code] = [numberIn(filed.text), codeIn(filed.text)]
  assert.ok(number !== '' && code !== '', filed.text.slice(0, 500))
  return { visitor, number, code }
}

async function addAndWithdraw(visitor: Visitor, number: string): Promise<void> {
  const address = `${base}/cases/${number}`
  await visitor.get(`${address}/supplement`)
  const refused = new File([canaries.fileText], `${canaries.fileName}.txt`)
  await send(visitor, `${address}/supplement`, { text: `${canaries.name}：${canaries.phrase}`, files: [refused] }, 422)
  await send(visitor, `${address}/supplement`, { text: `${canaries.name}：${canaries.phrase}`, files: [await photo(), pdf()] }, 303)
  const page = await visitor.get(address)
  const file = new RegExp(`${address}/files/[0-9a-f-]{36}`).exec(page.text)?.[0] ?? ''
  assert.equal((await visitor.get(file)).status, 200)
  assert.equal((await visitor.get(`${address}/receipt`)).status, 202)
  await visitor.get(`${address}/acts/withdraw`)
  const reasons = `${canaries.name}：${canaries.phrase}，${canaries.latinPhrase}`
  await send(visitor, `${address}/acts/withdraw`, { reasons }, 422)
  await send(visitor, `${address}/acts/withdraw`, { confirmed: 'true', reasons }, 200)
  await send(visitor, `${address}/acts/withdraw`, { confirmed: 'true', reasons, _confirmed: 'true' }, 303)
}

/** Names where codes and numbers are asked for. */
async function lookUp(app: Hono, number: string, code: string): Promise<void> {
  const visitor = new Visitor(app, browser)
  await visitor.get(`${base}/track`)
  await send(visitor, `${base}/track`, { code: canaries.name, number: canaries.phone }, 422)
  await send(visitor, `${base}/track`, { code, number: canaries.idNumber }, 422)
  await send(visitor, `${base}/track`, { code, number }, 303)
  await visitor.get(`${base}/verify`)
  const verified = await visitor.follow(await visitor.post(`${base}/verify`, { code: `${canaries.name} ${canaries.latinName}` }))
  assert.ok(verified.status < 500, String(verified.status))
}

/** An account that is made twice, and sign-in forms filled in wrongly: the name for the address, the password for the address. */
async function makeAccountByPages(app: Hono): Promise<void> {
  const visitor = new Visitor(app, browser)
  const { email, password, name, staffName } = canaries
  await visitor.get(`${base}/sign-up`)
  await send(visitor, `${base}/sign-up`, { email, name, password: 'short' }, 422)
  for (const _ of [1, 2]) assert.ok((await visitor.post(`${base}/sign-up`, { email, name, password })).status < 400)
  await visitor.get(`${base}/sign-in?next=${encodeURIComponent(`${base}/${name}`)}`)
  const wrong = [email, email.toUpperCase(), name, staffName, password, canaries.phone, canaries.idNumber, canaries.latinName]
  for (const typed of wrong) {
    const answer = await visitor.post(`${base}/sign-in`, { email: typed, password: `${password}!`, next: `${base}/${name}` })
    assert.ok(answer.status >= 400 && answer.status < 500, `${typed}: ${answer.status}`)
  }
  await send(visitor, `${base}/sign-in/code`, { code: name, next: name }, 422)
  await visitor.get(`${base}/account/reset`)
  for (const typed of [email, name]) assert.ok((await visitor.post(`${base}/account/reset`, { email: typed })).status < 500)
  await visitor.get(`${base}/account/password?token=${encodeURIComponent(name)}`)
  assert.ok((await visitor.post(`${base}/account/password`, { token: name, password })).status < 500)
}

export const pdf = () => new File([new Uint8Array(upload.bytes)], upload.name, { type: 'application/pdf' })

/** A picture that says who took it, where and of what, as cameras and telephones write it. */
export async function photo(): Promise<File> {
  const about = { ImageDescription: canaries.latinPhrase, Artist: canaries.latinName, Copyright: canaries.email }
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#447755' } })
    .jpeg()
    .withExif({ IFD0: about })
    .toBuffer()
  assert.ok(bytes.includes(canaries.latinName))
  return new File([new Uint8Array(bytes)], `${canaries.fileName}.jpg`, { type: 'image/jpeg' })
}
