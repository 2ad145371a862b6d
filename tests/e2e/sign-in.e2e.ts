// Ways to sign in, in a real browser: a code by SMS read from the demonstration's outbox, a passkey of the browser's own
// authenticator, an OpenID provider; and axe on every page of them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { expectAccessible } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { client, openIdProvider, type OpenIdProvider } from '../support/oidc.ts'
import { type Colleague, makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let app: Hono
let browser: Browser
let server: ReturnType<typeof serve>
let provider: OpenIdProvider
let officer: Colleague
let base = ''
const contexts: BrowserContext[] = []

before(async () => {
  await ensureAssets()
  // Passkeys need a domain name, and the town must know its own address: so the port comes first.
  const origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: (request, env) => app.fetch(request, env), port: 0, hostname: 'localhost' }, (info) =>
      resolve(`http://localhost:${info.port}`),
    )
  })
  town = await openTestTown(undefined, { baseUrl: origin })
  app = createApp(town.installation)
  base = `${origin}/t/qingxi`
  officer = await makeStaff(town, ['petition-clerk'])
  provider = await openIdProvider([`${base}/sign-in/with/province/return`])
  const label = { zh: '省统一认证', en: 'Province sign-in' }
  await town.installation.identityOf('qingxi').saveProvider({
    providerId: 'province',
    issuer: provider.issuer,
    clientId: client.id,
    clientSecret: client.secret,
    kind: 'resident',
    label,
    strong: false,
    enabled: true,
  })
  browser = await openBrowser()
})
after(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await provider?.close()
  await new Promise((resolve) => server.close(resolve))
  await town?.close()
})

async function openPage(javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, locale: 'zh-CN', viewport: { width: 360, height: 740 } })
  contexts.push(context)
  return context.newPage()
}

async function check(page: Page): Promise<void> {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(wide <= 1, `${page.url()} is ${wide} px too wide`)
}

async function signInByPhone(page: Page, number: string, look: (page: Page) => Promise<void>): Promise<void> {
  await page.goto(`${base}/sign-in`)
  await look(page)
  await page.getByRole('link', { name: '手机验证码登录' }).click()
  await page.getByLabel('手机号').fill(number)
  await look(page)
  await page.getByRole('button', { name: '发送验证码' }).click()
  await page.getByRole('heading', { level: 1, name: '输入验证码' }).waitFor()
  await look(page)
  // the demonstration's own list
  const outbox = (await (await fetch(`${new URL(base).origin}/demo/outbox.json`)).json()) as { to: string; variables?: Record<string, string> }[]
  const code = outbox.find((message) => message.to === number.replaceAll(' ', ''))?.variables?.['code'] ?? ''
  await page.getByLabel('六位验证码').fill(code)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { level: 1, name: '我的办件' }).waitFor()
  await look(page)
}

test('without JavaScript: a code by SMS signs in, and the page of passkeys offers the other ways', async () => {
  const page = await openPage(false)
  await signInByPhone(page, '000 0000 0301', check)
  const other = await openPage(false)
  await other.goto(`${base}/sign-in/passkey`)
  await other.getByText('通行密钥要用到浏览器的脚本功能').waitFor()
  assert.equal(await other.getByRole('button', { name: '使用通行密钥' }).count(), 0)
  await other.getByRole('link', { name: '用密码登录' }).click()
  await other.getByRole('heading', { level: 1, name: '登录' }).waitFor()
})

test('with JavaScript: the same, and axe finds nothing on the pages, in both languages', async () => {
  const page = await openPage()
  const look = async (at: Page) => {
    await check(at)
    await expectAccessible(at)
  }
  await signInByPhone(page, '000 0000 0302', look)
  for (const path of ['/account/security', '/account/passkey', '/account/contact?via=phone', '/sign-in/again']) {
    for (const language of ['zh', 'en']) {
      await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${language}`)
      await look(page)
    }
  }
})

test('a member of staff adds a passkey, which then signs in without a name, and removes it', async () => {
  const page = await openPage()
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto(`${base}/sign-in`)
  await page.getByLabel('电子邮箱').fill(officer.email)
  await page.getByLabel('密码', { exact: true }).fill(officer.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.waitForURL(/workspace/)
  await page.goto(`${base}/account/security`)
  await page.getByRole('button', { name: '添加通行密钥' }).click()
  await page.getByLabel('名称').fill('我的手机')
  await page.getByRole('button', { name: '在这台设备上添加' }).click()
  await page.getByRole('cell', { name: '我的手机', exact: true }).waitFor()
  await expectAccessible(page)
  await page.context().clearCookies()
  await page.goto(`${base}/sign-in`)
  await page.getByRole('link', { name: '用通行密钥登录' }).click()
  await page.getByRole('button', { name: '使用通行密钥' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: '使用通行密钥' }).click()
  await page.waitForURL(/workspace/)
  await town.installation.database.owner((pg) => pg.query(`update auth_sessions set authenticated_at = now() - interval '1 hour'`))
  await page.goto(`${base}/account/security`)
  await page.getByRole('button', { name: '删除“我的手机”' }).click()
  await page.getByRole('heading', { level: 1, name: '请再确认一次是您本人' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: '用通行密钥确认' }).click()
  await page.getByText('没有通行密钥。').waitFor()
})

test('a resident signs in with the province’s provider and comes back to the same account', async () => {
  const page = await openPage()
  provider.subject = 'citizen-1'
  for (let round = 0; round < 2; round++) {
    await page.goto(`${base}/sign-in`)
    await page.getByRole('link', { name: '省统一认证' }).click()
    await page.getByRole('heading', { level: 1, name: '我的办件' }).waitFor()
    await page.context().clearCookies()
  }
  const users = await town.installation.identityOf('qingxi').listUsers('resident')
  assert.equal(users.filter((user) => user.name === '省统一认证').length, 1)
})
