// The page that checks receipts offline: everything in one file, no request ever. It runs the code of `xiangli verify`,
// with platform-web.ts in the place of platform.ts (src/ui/build-checker.ts).
import { systemClock } from '#kernel/clock.ts'
import { checkTexts } from '#kernel/ledger/check-texts.ts'
import { settle } from '#kernel/ledger/platform-web.ts'
import { type ReceiptVerdict, verdictWithout } from '#kernel/ledger/receipt.ts'
import { DomainError } from '#kernel/errors.ts'
import { element, labelled } from './elements.ts'
import { resultText, resultView } from './result.ts'
import { words } from './texts.ts'

type Language = 'zh' | 'en'
const longest = 4 * 1024 * 1024

let language: Language = navigator.language.toLowerCase().startsWith('zh') || navigator.language === '' ? 'zh' : 'en'
const wished = /^#(zh|en)$/.exec(location.hash)?.[1]
if (wished === 'zh' || wished === 'en') language = wished

const root = document.getElementById('app')
if (root) draw(root)

/** Draws the page anew; what was typed stays. */
function draw(
  page: HTMLElement,
  typed: { receipt: string; keys: string; source: string | undefined } = { receipt: '', keys: '', source: undefined },
): void {
  const t = words[language]
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = t.title
  const fields = makeFields(typed)
  const result = element('div', { id: 'result', role: 'status' })
  const toggle = element('button', { type: 'button', class: 'plain', lang: language === 'zh' ? 'en' : 'zh-CN' }, t.other)
  toggle.addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh'
    draw(page, { receipt: fields.receipt.value, keys: fields.keys.value, source: fields.chosen() })
  })
  const form = element(
    'form',
    { novalidate: true },
    receiptPart(fields, result),
    keyPart(fields, result),
    element('button', { type: 'submit' }, t.check),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void check(fields, result)
  })
  page.replaceChildren(
    element('header', {}, toggle, element('h1', {}, t.title), element('p', { class: 'lead' }, t.lead), element('p', {}, t.offline)),
    form,
    result,
    element('h2', {}, t.keyHelpTitle),
    element('ul', {}, ...t.keyHelp.map((line) => element('li', {}, line))),
    element('h2', {}, t.pageHelpTitle),
    element('p', {}, t.pageHelp),
  )
}

type Fields = ReturnType<typeof makeFields>

function makeFields(typed: { receipt: string; keys: string; source: string | undefined }) {
  const area = { rows: '5', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }
  const receipt = element('textarea', { id: 'receipt', ...area })
  const keys = element('textarea', { id: 'keys', ...area })
  receipt.value = typed.receipt
  keys.value = typed.keys
  const radio = (value: string) => element('input', { type: 'radio', name: 'source', id: `source-${value}`, value, checked: typed.source === value })
  const [outside, server] = [radio('outside'), radio('server')]
  return { receipt, keys, outside, server, chosen: () => (outside.checked ? 'outside' : server.checked ? 'server' : undefined) }
}

function receiptPart({ receipt }: Fields, result: HTMLElement): HTMLElement {
  const t = words[language]
  const file = element('input', { type: 'file', id: 'receipt-file', accept: '.json,application/json,text/plain' })
  file.addEventListener('change', () => void take(file.files?.[0], receipt, result))
  const part = element(
    'fieldset',
    { class: 'drop' },
    element('legend', {}, t.receiptTitle),
    labelled(file, t.receiptFile, t.receiptFileHint),
    labelled(receipt, t.receiptText, t.receiptTextHint),
  )
  part.addEventListener('dragover', (event) => event.preventDefault())
  part.addEventListener('drop', (event) => {
    event.preventDefault()
    void take(event.dataTransfer?.files[0], receipt, result)
  })
  return part
}

function keyPart({ keys, outside, server }: Fields, result: HTMLElement): HTMLElement {
  const t = words[language]
  const file = element('input', { type: 'file', id: 'keys-file', accept: '.txt,text/plain' })
  file.addEventListener('change', () => void take(file.files?.[0], keys, result))
  const choice = (radio: HTMLInputElement, label: string) => element('div', { class: 'choice' }, radio, element('label', { for: radio.id }, label))
  return element(
    'fieldset',
    {},
    element('legend', {}, t.keyTitle),
    labelled(keys, t.keyText, t.keyTextHint),
    labelled(file, t.keyFile),
    element('fieldset', { class: 'inner' }, element('legend', {}, t.sourceTitle), choice(outside, t.sourceOutside), choice(server, t.sourceServer)),
  )
}

async function take(file: File | undefined, into: HTMLTextAreaElement, result: HTMLElement): Promise<void> {
  if (!file) return
  if (file.size > longest) return say(result, words[language].tooLarge)
  into.value = await file.text()
}

const say = (result: HTMLElement, text: string): void => result.replaceChildren(element('p', { class: 'note' }, text))

async function check({ receipt, keys, outside, chosen }: Fields, result: HTMLElement): Promise<void> {
  const t = words[language]
  if (receipt.value.trim() === '') {
    receipt.focus()
    return say(result, t.needReceipt)
  }
  const source = chosen()
  if (keys.value.trim() !== '' && source === undefined) {
    outside.focus()
    return say(result, t.needSource)
  }
  say(result, t.working)
  const now = systemClock.now()
  const input = { receipt: receipt.value, keys: keys.value, source: source === 'outside' ? ('outside' as const) : ('server' as const), now }
  const verdict = await settle(() => checkTexts(input)).catch(cannot)
  const view = resultView(verdict, language)
  result.replaceChildren(view, buttons(resultText(verdict, language, now, receipt.value, keys.value)))
  view.querySelector<HTMLElement>('#result-title')?.focus()
}

/** A browser without what the code needs throws TypeErrors and the like: nothing is known then, and nothing is wrong with the receipt. */
const cannot = (cause: unknown): ReceiptVerdict =>
  verdictWithout(new DomainError('unavailable', 'ledger.browser_old', cause instanceof Error ? cause.message : String(cause), { cause }))

function buttons(text: string): HTMLElement {
  const t = words[language]
  const print = element('button', { type: 'button', class: 'plain' }, t.print)
  print.addEventListener('click', () => window.print())
  const save = element('button', { type: 'button', class: 'plain' }, t.save)
  save.addEventListener('click', () => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
    element('a', { href: address, download: t.savedName }).click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  })
  return element('p', { class: 'buttons' }, save, print)
}
