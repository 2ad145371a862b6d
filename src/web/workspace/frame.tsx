// The frame of every staff page: navigation with counts, the post in which one works, and how pages and posts are answered.
import { mayInTown } from '#kernel/access/rule.ts'
import { countInbox } from '#kernel/cases/lists.ts'
import type { Actor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { readForm } from '#http/form.ts'
import type { HttpContext } from '#http/route.ts'
import { pageResponse, seeOther } from '#http/page.ts'
import { checkForgery, type Visit } from '#http/visit.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { type Child, renderHtml } from '#ui/html.ts'
import { type NavGroup, WorkspacePage } from '#ui/layout.tsx'
import { defineTexts } from '#ui/texts.ts'

export type Staff = Extract<Actor, { kind: 'staff' }>

const texts = defineTexts({
  zh: {
    mine: '我的工作',
    inbox: '待办',
    intake: '收件登记',
    upstream: '上级派单',
    counter: '窗口查询',
    daySheet: '今日工作单',
    field: '外出调查',
    town: '全镇',
    cases: '办件',
    consultations: '征求意见',
    registers: '登记账目',
    late: '超期与催办',
    callbacks: '差评回访',
    jobs: '后台任务',
    returns: '统计报表',
    dataProtection: '个人信息保护',
    people: '岗位与人员',
    breakGlass: '紧急调阅',
    library: '流程库',
    settings: '设置',
    account: '我的账号',
    noPost: '未任岗位',
    backNav: '返回',
    morePosts: '等 {count} 个岗位',
  },
  en: {
    mine: 'My work',
    inbox: 'Inbox',
    intake: 'Counter intake',
    upstream: 'Upstream orders',
    counter: 'Find at counter',
    daySheet: 'Day sheet',
    field: 'Visits',
    town: 'The town',
    cases: 'Cases',
    consultations: 'Public comment',
    registers: 'Registers',
    late: 'Late',
    callbacks: 'Call-backs',
    jobs: 'Background work',
    returns: 'Returns',
    dataProtection: 'Personal data',
    people: 'Posts and people',
    breakGlass: 'Break-glass',
    library: 'Procedures',
    settings: 'Settings',
    account: 'My account',
    noPost: 'No post',
    backNav: 'Back',
    morePosts: 'and more, {count} posts',
  },
})

/** The member of staff at work; the guard of the routes has let nobody else in. */
export function staffOf(visit: Visit): Staff {
  const { actor } = visit.ctx
  if (actor.kind !== 'staff') throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  return actor
}

/** `/t/<tenant>/workspace` and what follows. */
export const work = (visit: Visit, path = ''): string => `${visit.base}/workspace${path}`

export type WorkPage = {
  title: string
  active: string
  status?: number
  hasErrors?: boolean
  before?: Child
  /** Where the language links lead, when this page answers a post of another address. */
  path?: string
  headers?: Record<string, string>
  /** Sources of styles that this page needs beside its own; such a page is loaded as a whole, for a policy belongs to a document. */
  styles?: readonly string[]
  /** The page loads itself anew after this many seconds. */
  refreshSeconds?: number
}

/** Answers with a staff page. */
export async function workPage(visit: Visit, context: HttpContext, page: WorkPage, children: Child): Promise<Response> {
  const t = texts(visit.language)
  const actor = staffOf(visit)
  const url = new URL(context.req.url)
  url.searchParams.delete('lang')
  url.searchParams.delete('edition')
  const html = await renderHtml(
    <WorkspacePage
      title={page.title}
      language={visit.language}
      tenantName={visit.town.name[visit.language]}
      path={page.path ?? url.pathname}
      query={page.path ? '' : url.searchParams.toString()}
      large={visit.edition === 'large'}
      nonce={visit.nonce}
      csrf={visit.csrf}
      hasErrors={page.hasErrors ?? false}
      {...(page.refreshSeconds ? { refreshSeconds: page.refreshSeconds } : {})}
      homeHref={work(visit)}
      isWhole={page.styles !== undefined}
      active={page.active}
      actorName={actor.name}
      postName={postName(visit, actor)}
      signOutAction={`${visit.base}/sign-out`}
      nav={await navOf(visit)}
      before={page.before ? <nav aria-label={t('backNav')}>{page.before}</nav> : undefined}
    >
      {children}
    </WorkspacePage>,
  )
  return pageResponse(visit, html, { status: page.status ?? 200, headers: page.headers ?? {}, ...(page.styles ? { styles: page.styles } : {}) })

  function postName(visit: Visit, { posts }: Staff): string {
    const [first] = posts
    const title = first && visit.town.posts.get(first.postId)?.title[visit.language]
    if (!title) return t('noPost')
    return posts.length > 1 ? `${title} ${t('morePosts', { count: posts.length })}` : title
  }
}

async function navOf(visit: Visit): Promise<NavGroup[]> {
  const t = texts(visit.language)
  const counts = await countInbox(visit.ctx)
  return [
    {
      title: t('mine'),
      items: [
        { id: 'inbox', text: t('inbox'), href: work(visit), count: counts.all, urgent: counts.overdue > 0 },
        { id: 'intake', text: t('intake'), href: work(visit, '/intake') },
        ...(mayInTown(visit.ctx.actor, 'upstream.see') ? [{ id: 'upstream', text: t('upstream'), href: work(visit, '/upstream') }] : []),
        { id: 'counter', text: t('counter'), href: work(visit, '/counter') },
        { id: 'day-sheet', text: t('daySheet'), href: work(visit, '/day-sheet') },
        { id: 'field', text: t('field'), href: work(visit, '/field') },
      ],
    },
    {
      title: t('town'),
      items: [
        { id: 'cases', text: t('cases'), href: work(visit, '/cases') },
        { id: 'consultations', text: t('consultations'), href: work(visit, '/consultations') },
        { id: 'registers', text: t('registers'), href: work(visit, '/registers') },
        { id: 'late', text: t('late'), href: work(visit, '/late') },
        { id: 'callbacks', text: t('callbacks'), href: work(visit, '/callbacks') },
        { id: 'returns', text: t('returns'), href: work(visit, '/returns') },
        { id: 'people', text: t('people'), href: work(visit, '/people') },
        { id: 'break-glass', text: t('breakGlass'), href: work(visit, '/break-glass') },
        { id: 'data-protection', text: t('dataProtection'), href: work(visit, '/data-protection') },
        { id: 'jobs', text: t('jobs'), href: work(visit, '/jobs') },
        ...(mayInTown(visit.ctx.actor, 'library.publish') ? [{ id: 'library', text: t('library'), href: work(visit, '/library') }] : []),
        ...(mayInTown(visit.ctx.actor, 'settings.keep') ? [{ id: 'settings', text: t('settings'), href: work(visit, '/settings') }] : []),
      ],
    },
    { items: [{ id: 'account', text: t('account'), href: work(visit, '/account') }] },
  ]
}

/** The posted fields, after the form token was checked. */
export async function readPost(visit: Visit, context: HttpContext, files?: number): Promise<FormBody> {
  const body: FormBody = await readForm(context, files)
  checkForgery(visit, context, one(body, '_csrf'))
  return body
}

/** One posted text; the last one when there are several, empty when there is none. */
export function one(body: FormBody, name: string): string {
  const value = [Object.hasOwn(body, name) ? (body[name] ?? []) : []].flat().findLast((item) => typeof item === 'string')
  return typeof value === 'string' ? value : ''
}

/** A list's own query, kept through a post so that one comes back to the same list. Only names of filters pass. */
export function backTo(visit: Visit, path: string, query: string, more: Record<string, string> = {}): Response {
  const kept = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(query)) {
    if (['view', 'procedure', 'office', 'place', 'q', 'page'].includes(name) && value !== '') kept.set(name, value)
  }
  for (const [name, value] of Object.entries(more)) kept.set(name, value)
  const search = kept.toString()
  return seeOther(`${work(visit, path)}${search === '' ? '' : `?${search}`}`)
}

/** Names of staff by account id; accounts that are gone keep an empty name. */
export async function namesOf(visit: Visit, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id): id is string => id !== null && id !== '')
  const users = await Promise.all(wanted.map(async (id) => [id, (await visit.identity.findUser(id))?.name ?? ''] as const))
  return new Map(users)
}
