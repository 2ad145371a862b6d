// A founded town behind the whole application, with staff who hold tokens.
import { appoint } from '#kernel/access/posts.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import { createApp } from '#app'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'

/** A filing that the library's petition takes. */
export const sampleBody = {
  procedure: 'petition',
  data: {
    subject: '村道排水沟堵塞，雨天积水进屋',
    description: '从今年二月起，石上村小学往北的排水沟被泥沙堵住，两次下雨积水都漫进路边三户人家。',
    claim: '请清理排水沟，并说明以后由谁管护。',
    village: 'shishang-village',
    name: '何晓青',
    phone: '000 0000 0001',
    electronicService: true,
  },
}

export type Asked = { status: number; headers: Headers; body: unknown; text: string }
export type TestApi = {
  town: TestTown
  base: string
  /** `with`: value of the Authorization header. A string body is sent as it is. */
  ask(method: string, path: string, options?: { with?: string; body?: unknown; headers?: Record<string, string> }): Promise<Asked>
  /** The Authorization header of the holder of a post; the account and the appointment are made on first use. */
  holder(postId: string): Promise<string>
  userOf(postId: string): string
}

export async function openTestApi(options: { demo?: boolean } = {}): Promise<TestApi> {
  const town = await openTestTown('2026-03-02T09:00:00+08:00', options)
  const app = createApp(town.installation)
  const base = `/t/${town.tenant}/api/v1`
  const tokens = new Map<string, { userId: string; header: string }>()
  const api: TestApi = {
    town,
    base,
    async ask(method, path, { with: authorization, body, headers } = {}) {
      const answer = await app.request(path.startsWith('/t/') ? path : `${base}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      })
      const text = await answer.text()
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
      }
    },
    async holder(postId) {
      const known = tokens.get(postId)
      if (known) return known.header
      const { ctx, installation, tenant } = town
      const { userId } = await installation
        .identityOf(tenant)
        .createUser({ email: `${postId}@qingxi.example`, password: 'correct horse battery 2026', name: postId, kind: 'staff' })
      await appoint(ctx, { postId, userId, from: '2026-01-01' })
      const { token } = await createToken(ctx.db, tenant, { userId, name: 'test' }, ctx.clock.now())
      tokens.set(postId, { userId, header: `Bearer ${token}` })
      return `Bearer ${token}`
    },
    userOf: (postId) => tokens.get(postId)?.userId ?? '',
  }
  return api
}
