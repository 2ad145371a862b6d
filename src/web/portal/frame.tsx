// The frame of every page for residents, and how their posts are read.
import { type AllowanceName, takeNamed } from '#kernel/identity/allowances.ts'
import { toAddressGroup } from '#kernel/identity/limits.ts'
import { readForm } from '#http/form.ts'
import type { HttpContext } from '#http/route.ts'
import { pageResponse } from '#http/page.ts'
import { checkForgery, type Visit } from '#http/visit.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { dataLinksOf } from './data-links.ts'
import { useLanguage } from '#ui/context.ts'
import { type Child, renderHtml } from '#ui/html.ts'
import { type NavItem, Page } from '#ui/layout.tsx'
import { defineTexts } from '#ui/texts.ts'

const texts = defineTexts({
  zh: {
    home: '首页',
    back: '返回',
    matters: '我要办事',
    track: '查进度',
    requests: '大家反映的事',
    opening: '办公时间',
    integrity: '记录可核对',
    account: '我的办件',
    workspace: '工作台',
    verify: '核验文书、回执',
    votes: '大家投票',
    open: '政府信息公开',
    figures: '办了多少、晚了多少',
    procedures: '流程库',
    consultations: '征求意见',
    dates: '公开日程',
    villages: '村务公开',
    registers: '公开的账目和目录',
    terms: '隐私与权利',
    security: '报告安全问题',
    staff: '工作人员登录',
    resume: '继续没填完的',
    footer: '{town}人民政府便民服务平台。办事不收费，不必注册账号。',
    demo: '这是演示：{town}是虚构的，不是真实的机关，请不要填写真实的个人信息。',
  },
  en: {
    home: 'Home',
    back: 'Back',
    matters: 'Services',
    track: 'Track a matter',
    requests: 'Public reports',
    opening: 'Opening hours',
    integrity: 'Our record',
    account: 'My matters',
    workspace: 'Workspace',
    verify: 'Check a document or receipt',
    votes: 'Votes',
    open: 'Open information',
    figures: 'Figures',
    procedures: 'Procedures',
    consultations: 'Public comment',
    dates: 'Public calendar',
    villages: 'Village affairs',
    registers: 'Public accounts and lists',
    terms: 'Privacy and rights',
    security: 'Report a security problem',
    staff: 'Staff sign-in',
    resume: 'Continue a draft',
    footer: 'Services of {town}. Free of charge; no account needed.',
    demo: 'This is a demonstration: {town} is invented and no real authority. Do not enter real personal data.',
  },
})

export type PortalPage = {
  title: string
  /** Below the town's path; where the language links lead. */
  path: string
  query?: string
  active?: 'home' | 'matters' | 'track' | 'requests' | 'opening' | 'integrity' | 'account'
  width?: 'narrow' | 'wide'
  before?: Child
  hasErrors?: boolean
  status?: number
  headers?: Record<string, string>
  /** More built scripts, e.g. `passkey.js`. */
  scripts?: readonly string[]
  islands?: readonly string[]
  /** Loaded as a whole (document.tsx). */
  isWhole?: boolean
}

/** The way back, in a landmark of its own. */
export function Back(props: { href: string; children?: Child }) {
  return (
    <nav aria-label={texts(useLanguage())('back')}>
      <BackLink href={props.href}>{props.children}</BackLink>
    </nav>
  )
}

/** Answers with a page for residents. */
export async function portalPage(visit: Visit, page: PortalPage, children: Child): Promise<Response> {
  const { base, language, session } = visit
  const t = texts(language)
  const town = visit.town.name[language]
  const nav: NavItem[] = [
    { id: 'home', text: t('home'), href: base },
    { id: 'matters', text: t('matters'), href: `${base}/matters` },
    { id: 'track', text: t('track'), href: `${base}/track` },
    { id: 'requests', text: t('requests'), href: `${base}/requests` },
    { id: 'opening', text: t('opening'), href: `${base}/opening` },
    { id: 'integrity', text: t('integrity'), href: `${base}/integrity` },
    ...(session?.kind === 'resident' ? [{ id: 'account', text: t('account'), href: `${base}/account` }] : []),
    ...(session?.kind === 'staff' ? [{ id: 'workspace', text: t('workspace'), href: `${base}/workspace` }] : []),
  ]
  const html = await renderHtml(
    <Page
      title={page.title}
      language={language}
      tenantName={town}
      path={`${base}${page.path}`}
      query={page.query ?? ''}
      large={visit.edition === 'large'}
      nonce={visit.nonce}
      csrf={visit.csrf}
      hasErrors={page.hasErrors ?? false}
      homeHref={base}
      nav={nav}
      active={page.active}
      actorName={session?.name}
      signInHref={`${base}/sign-in`}
      signOutAction={`${base}/sign-out`}
      clearAction={`${base}/clear`}
      width={page.width ?? 'narrow'}
      before={page.before}
      {...(page.scripts ? { scripts: page.scripts } : {})}
      islands={page.islands ?? []}
      isWhole={page.isWhole ?? false}
      alternates={page.status === undefined || page.status === 200 ? dataLinksOf(visit, page.path, page.query) : []}
      footerLinks={[
        { text: t('resume'), href: `${base}/resume` },
        { text: t('verify'), href: `${base}/verify` },
        { text: t('votes'), href: `${base}/votes` },
        { text: t('consultations'), href: `${base}/consultations` },
        { text: t('dates'), href: `${base}/dates` },
        { text: t('villages'), href: `${base}/villages` },
        { text: t('registers'), href: `${base}/registers` },
        { text: t('open'), href: `${base}/open` },
        { text: t('figures'), href: `${base}/figures` },
        { text: t('procedures'), href: `${base}/procedures` },
        { text: t('terms'), href: `${base}/terms` },
        { text: t('security'), href: `${base}/security` },
        { text: t('staff'), href: `${base}/sign-in` },
      ]}
      footer={
        <>
          <p>{t('footer', { town })}</p>
          {visit.town.demo && <p>{t('demo', { town })}</p>}
        </>
      }
    >
      {children}
    </Page>,
  )
  return pageResponse(visit, html, { status: page.status ?? 200, headers: page.headers ?? {} })
}

/** The posted fields, after the form token was checked. @throws `csrf.*` (403). */
export async function readPost(visit: Visit, context: HttpContext): Promise<FormBody> {
  const body: FormBody = await readForm(context)
  checkForgery(visit, context, one(body, '_csrf'))
  return body
}

/** One posted text; the last one when there are several, empty when there is none. */
export function one(body: FormBody, name: string): string {
  const value = [Object.hasOwn(body, name) ? (body[name] ?? []) : []].flat().findLast((item) => typeof item === 'string')
  return typeof value === 'string' ? value : ''
}

/** Takes one from the allowance of the caller's address. @throws `limit.reached` (429). */
export const limit = (visit: Visit, what: AllowanceName): Promise<void> => takeNamed(visit.ctx, what, toAddressGroup(visit.address))

/** WeChat's browser shows pages but saves no files. */
export const isWeChat = (context: HttpContext): boolean => /MicroMessenger/i.test(context.req.header('user-agent') ?? '')
