import { serve } from '@hono/node-server'
import { mkdirSync } from 'node:fs'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { openBrowser } from '#tests/support/browser.ts'
import { openTestTown } from '#tests/support/town.ts'
import { playExample } from '#demo/play-example.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
await ensureAssets()
const town = await openTestTown('2007-01-01T00:00:00+08:00')
const { procedure } = await loadPackage(await readPackageFolder('/work/main/procedures/petition'))
const example = procedure!.examples.get('open-until-the-review-window-ends')!
const played = await playExample(town.ctx, town.clock, 'petition', { given: example.given, steps: example.steps.slice(0, -1) })
const app = createApp(town.installation)
let server!: ReturnType<typeof serve>
const origin = await new Promise<string>((resolve) => {
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
})
const browser = await openBrowser()
mkdirSync('/tmp/portal-shots', { recursive: true })
for (const width of [360, 1280]) {
  const context = await browser.newContext({ viewport: { width, height: 740 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const shot = (name: string) => page.screenshot({ path: `/tmp/portal-shots/${name}-${width}.png`, fullPage: true })
  const go = (path: string) => page.goto(`${origin}/t/qingxi${path}`)
  await go('')
  await shot('start')
  await go('/matters/petition')
  await shot('matter')
  await go('/matters/petition/new/what')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('alert').waitFor()
  await shot('what-errors')
  await page.getByLabel('一句话说明是什么事').fill('村道排水沟堵塞，雨天积水进屋')
  await page.getByLabel('事情的经过').fill('从二月起，两次下雨积水漫进路边三户人家。')
  await page.getByLabel('您希望我们怎么做').fill('请清理排水沟。')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('村（社区）').selectOption({ label: '石上村' })
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('姓名').fill('林小满')
  await page.getByLabel('联系电话').fill('000 0000 0001')
  await shot('you')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('照片').waitFor()
  await shot('more')
  await page.getByRole('button', { name: '先存下来' }).click()
  await page.getByRole('heading', { name: '已经存好了' }).waitFor()
  await shot('saved')
  await go('/matters/petition/new/check')
  await shot('check')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByRole('heading', { name: '已经收到' }).waitFor()
  await shot('filed')
  await page.getByRole('button', { name: '打开回执单' }).click()
  await page.waitForLoadState('networkidle')
  await shot('slip')
  await go('/track')
  await shot('track')
  await page.getByLabel('回执码').fill(played.receiptCode)
  await page.getByRole('button', { name: '查询' }).click()
  await page.getByText('现在办到哪一步').waitFor()
  await shot('case')
  await page.locator('a[href*="/documents/"]').last().click()
  await page.waitForLoadState('networkidle')
  await shot('document')
  for (const [path, name] of [
    ['/integrity', 'integrity'],
    ['/opening', 'opening'],
    ['/terms', 'terms'],
    ['/sign-in', 'sign-in'],
    ['/verify', 'verify'],
    ['/verify/0000000000', 'verify-unknown'],
    ['/nowhere', 'error'],
  ] as const) {
    await go(path)
    await shot(name)
  }
  await context.close()
}
await browser.close()
server.close()
await town.close()
process.exit(0)
