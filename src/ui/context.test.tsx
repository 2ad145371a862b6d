import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorSummary } from './components/error-summary.tsx'
import { Form } from './components/form.tsx'
import { Textarea } from './components/textarea.tsx'
import { PageContext } from './context.ts'
import { renderHtml } from './html.ts'
import type { Language } from './texts.ts'

const Slow = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  return <ErrorSummary />
}
const render = async (language: Language) =>
  renderHtml(
    <PageContext.Provider value={{ language, csrf: `token-${language}` }}>
      <Slow />
      <Form action="/x" />
    </PageContext.Provider>,
  )

test('two pages rendered at once keep their own language and token', async () => {
  const [zh, en] = await Promise.all([render('zh'), render('en')])
  assert.match(zh, /填写有误.*token-zh/s)
  assert.match(en, /There is a problem.*token-en/s)
})

test('what a person typed is escaped, and a first empty line survives the textarea', async () => {
  const html = await renderHtml(<Textarea name="story" label="说明" value={'\n<b>"渠"</b>'} />)
  assert.match(html, />\n\n&lt;b&gt;&quot;渠&quot;&lt;\/b&gt;<\/textarea>/)
})

test('a form that is sent by GET carries no token', async () => {
  const html = await renderHtml(
    <PageContext.Provider value={{ language: 'zh', csrf: 'secret' }}>
      <Form action="/x" method="get" />
    </PageContext.Provider>,
  )
  assert.equal(html.includes('secret'), false)
})
