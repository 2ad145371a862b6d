// A browser without JavaScript, over the application itself: keeps cookies by path, carries form tokens, follows nothing on its own.
import assert from 'node:assert/strict'

export type Answer = { status: number; location: string | null; headers: Headers; text: string; bytes: Buffer }
/** The application itself, or a server in front of it. */
type Asked = { request(url: string, init?: RequestInit): Response | Promise<Response> }
type Field = string | File | (string | File)[]

export class Visitor {
  readonly #cookies = new Map<string, { value: string; path: string }>()
  readonly #app: Asked
  readonly #headers: Record<string, string>
  /** The page that was seen last; its forms lend their tokens. */
  last = ''

  constructor(app: Asked, headers: Record<string, string> = {}) {
    this.#app = app
    this.#headers = headers
  }

  get(path: string): Promise<Answer> {
    return this.#send(path, { method: 'GET' })
  }

  /** Posts fields as a browser would, with the token of the last page unless one is given. */
  post(path: string, fields: Record<string, Field> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new FormData()
    const sent: Record<string, Field> = { _csrf: this.token(), ...fields }
    for (const [name, value] of Object.entries(sent)) for (const one of [value].flat()) body.append(name, one)
    return this.#send(path, { method: 'POST', body, headers })
  }

  /** Sends bytes as our own scripts do, with the token in a header. */
  put(path: string, token: string, body = ''): Promise<Answer> {
    return this.#send(path, { method: 'PUT', body, headers: { 'x-csrf-token': token } })
  }

  /** Opens `path` and every redirect after it. */
  async follow(answer: Answer): Promise<Answer> {
    let now = answer
    for (let step = 0; step < 5 && now.location; step++) now = await this.get(now.location)
    return now
  }

  token(): string {
    return /name="_csrf" value="([^"]+)"/.exec(this.last)?.[1] ?? ''
  }

  /** The value of a hidden or text field of the last page. */
  field(name: string): string {
    return new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(this.last)?.[1] ?? ''
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value
  }

  async #send(path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }): Promise<Answer> {
    const url = new URL(path, 'http://127.0.0.1:3000')
    const cookie = [...this.#cookies]
      .filter(([, known]) => isUnder(url.pathname, known.path))
      .map(([name, known]) => `${name}=${known.value}`)
      .join('; ')
    const headers = { ...this.#headers, ...init.headers, 'sec-fetch-site': 'same-origin', ...(cookie === '' ? {} : { cookie }) }
    const response = await this.#app.request(url.href, { ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const bytes = Buffer.from(await response.arrayBuffer())
    const text = bytes.toString()
    // A piece of a page, as scripts fetch them, is none.
    if ((response.headers.get('content-type') ?? '').includes('text/html') && text.includes('<html')) this.last = text
    return { status: response.status, location: response.headers.get('location'), headers: response.headers, text, bytes }
  }

  #keep(line: string) {
    const [pair = '', ...attributes] = line.split(/;\s*/)
    const [name = '', ...value] = pair.split('=')
    const get = (wanted: string) => attributes.find((each) => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    if (get('max-age') === '0' || value.join('=') === '') this.#cookies.delete(name)
    else this.#cookies.set(name, { value: value.join('='), path: get('path') ?? '/' })
  }
}

const isUnder = (pathname: string, path: string) => path === '/' || pathname === path || pathname.startsWith(`${path}/`)

/** Every page: one h1, a title, a language that is the one asked for, and no unfilled text. */
export function expectPage(answer: Answer, language: 'zh' | 'en', path: string): void {
  assert.match(answer.text, new RegExp(`<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"`), `${path}: lang`)
  assert.equal(answer.text.match(/<h1[ >]/g)?.length, 1, `${path}: one h1`)
  assert.match(answer.text, /<title>[^<]{4,}<\/title>/, `${path}: title`)
  assert.doesNotMatch(answer.text, /\{\w+\}|\bundefined\b|\[object /, `${path}: unfilled text`)
}
