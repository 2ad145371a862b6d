import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineTexts } from './texts.ts'

test('a text is given in the language asked for, with its values put in', () => {
  const texts = defineTexts({ zh: { left: '还剩 {days} 天', title: '期限' }, en: { left: '{days} days left', title: 'Deadline' } })
  assert.equal(texts('zh')('left', { days: 3 }), '还剩 3 天')
  assert.equal(texts('en')('left', { days: 3 }), '3 days left')
  assert.equal(texts('en')('title'), 'Deadline')
})

test('a placeholder that one language lacks is refused when the texts are declared', () => {
  assert.throws(
    () => defineTexts({ zh: { left: '还剩 {days} 天' }, en: { left: '{day} left' } }),
    /"left" has the placeholders days in zh and day in en/,
  )
})

test('a key that one language lacks or has in excess is a type error, and so is a value left out', () => {
  // @ts-expect-error -- English lacks "b"
  assert.throws(() => defineTexts({ zh: { a: '一', b: '{x}' }, en: { a: 'one' } }))
  const t = defineTexts({ zh: { hello: '您好，{name}' }, en: { hello: 'Hello {name}' } })('zh')
  // @ts-expect-error -- the value of {name} is compulsory
  assert.equal(t('hello'), '您好，{name}')
})
