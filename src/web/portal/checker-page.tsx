// Checking a receipt: the page to keep (one file, works offline), and for browsers without JavaScript our own check,
// which says what it is worth: the town is asked about itself.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { checkTexts } from '#kernel/ledger/check-texts.ts'
import { listLogs, openLogReader } from '#kernel/ledger/reads.ts'
import type { ReceiptVerdict } from '#kernel/ledger/receipt.ts'
import { type StepWords, wordsOfSteps } from '#kernel/ledger/receipt-words.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { assetAddress, assetsFolder } from '#ui/assets.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { FileUpload } from '#ui/components/file-upload.tsx'
import { Form } from '#ui/components/form.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '核验回执',
    lead: '回执能证明您提交过什么、我们答应过什么。用下面这一页自己核验，不需要相信我们。',
    how: '这一页是一个文件：打开就能用，存下来断网也能用，您放进去的东西不会发给任何人。',
    open: '打开核验页',
    save: '存下这一页',
    key: '核验要用公钥。请到办事窗口抄，再和邻镇网站或者公报上的比对；不要用从这个网站上临时拿的。',
    print: '核验页的指纹（SHA-256）',
    printText: '从别的乡镇网站存下来的同一版核验页，指纹应当一样。',
    ourTitle: '打不开核验页？由我们代查',
    ourText: '用不了 JavaScript 的浏览器，可以把回执交给我们查。但这等于问我们自己：查出问题的一定有问题，查不出问题的不能当作证明。',
    file: '回执文件',
    text: '或者粘贴回执的文字',
    check: '代查',
    fits: '我们自己查：每一步都对得上，但这不能代替您自己核验',
    wrong: '我们自己查：至少有一步对不上',
    caveat: '这是我们用自己的公钥查自己的账，等于自己给自己作证。要放心，请用从别处抄来的公钥，在核验页上自己核验。',
    todo: '怎么办：',
    again: '返回核验',
  },
  en: {
    title: 'Check a receipt',
    lead: 'A receipt shows what you filed and what we promised. Check it yourself with this page, without trusting us.',
    how: 'The page is one file: it works when opened, and saved it works without a network. What you put in is sent to nobody.',
    open: 'Open the checking page',
    save: 'Save this page',
    key: 'You need the key. Copy it at the counter and compare it with a neighbouring town’s website or the gazette; do not use one taken from this website.',
    print: 'Fingerprint of the checking page (SHA-256)',
    printText: 'The same version saved from another town’s website must have the same fingerprint.',
    ourTitle: 'The page does not open? Let us look',
    ourText:
      'Without JavaScript you can have us check the receipt. But that is asking us about ourselves: what we find wrong is wrong, and what we find right proves nothing.',
    file: 'Receipt file',
    text: 'Or paste the text of the receipt',
    check: 'Let us check',
    fits: 'Our own check: every step holds, but this does not replace yours',
    wrong: 'Our own check: at least one step does not hold',
    caveat: 'We checked our own record with our own key, which makes us our own witness. To be sure, check it yourself with a key from elsewhere.',
    todo: 'What to do: ',
    again: 'Back to checking',
  },
})

const readPage = (ending = '') => readFile(join(assetsFolder, `${basename(assetAddress('verify.html'))}${ending}`))

/** The part of `/verify` about receipts. */
export async function ReceiptCheck({ visit }: { visit: Visit }) {
  const t = texts(visit.language)
  const here = `${visit.base}/verify.html`
  const fingerprint = createHash('sha256')
    .update(await readPage())
    .digest('hex')
  return (
    <>
      <h2 class="govuk-heading-l" id="receipt">
        {t('title')}
      </h2>
      <p class="govuk-body-l">{t('lead')}</p>
      <p class="govuk-body">{t('how')}</p>
      <div class="govuk-button-group">
        <Button href={`${here}#${visit.language}`} attributes={{ 'data-turbo': 'false' }}>
          {t('open')}
        </Button>
        <Button href={`${here}?download`} class="govuk-button--secondary" attributes={{ 'data-turbo': 'false' }}>
          {t('save')}
        </Button>
      </div>
      <p class="govuk-body">{t('key')}</p>
      <p class="govuk-body">
        <strong>{t('print')}</strong>
        <br />
        <code class="xl-break">{fingerprint}</code>
        <br />
        {t('printText')}
      </p>
      <Details summary={t('ourTitle')}>
        <p class="govuk-body">{t('ourText')}</p>
        <Form action={`${visit.base}/verify/receipt`} hasFiles>
          <FileUpload name="file" label={t('file')} accept=".json,application/json" />
          <Textarea name="text" label={t('text')} spellcheck={false} autocomplete="off" />
          <Button class="govuk-button--secondary">{t('check')}</Button>
        </Form>
      </Details>
    </>
  )
}

/** `GET /verify.html`: the page as a file; its own policy, which lets no request leave it, is sent with it too. */
export async function checkerFile(_visit: Visit, context: HttpContext): Promise<Response> {
  const brotli = /\bbr\b/.test(context.req.header('accept-encoding') ?? '')
  const page = await readPage()
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page.toString())?.[1] ?? "default-src 'none'"
  return new Response(new Uint8Array(brotli ? await readPage('.br') : page), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${policy}; frame-ancestors 'none'`,
      'content-disposition': `${context.req.query('download') === undefined ? 'inline' : 'attachment'}; filename="verify.html"`,
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      ...(brotli ? { 'content-encoding': 'br' } : {}),
    },
  })
}

/** `POST /verify/receipt`: our own check, with our own keys. Never says that a receipt is valid. */
export async function ownCheckPost(visit: Visit, context: HttpContext): Promise<Response> {
  await limit(visit, 'documentsVerified')
  const receipt = await receiptIn(await readPost(visit, context))
  const logs = await listLogs(openLogReader(visit.ctx.db, visit.ctx.tenant))
  const keys = logs.flatMap((log) => log.keys.map(({ vkey }) => vkey)).join('\n')
  const verdict = checkTexts({ receipt, keys, source: 'server', now: visit.ctx.clock.now() })
  return ownCheckPage(visit, verdict)
}

async function receiptIn(body: FormBody): Promise<string> {
  const file = [body['file'] ?? []].flat().find((value) => typeof value !== 'string' && value.size > 0)
  return file === undefined || typeof file === 'string' ? one(body, 'text') : file.text()
}

function ownCheckPage(visit: Visit, verdict: ReceiptVerdict): Promise<Response> {
  const t = texts(visit.language)
  const holds = verdict.level !== 'nothing' && verdict.steps.every(({ outcome }) => outcome === 'passed' || outcome === 'unknown')
  const title = t(holds ? 'fits' : 'wrong')
  return portalPage(
    visit,
    { title, path: '/verify', status: holds ? 200 : 422, before: <Back href={`${visit.base}/verify#receipt`}>{t('again')}</Back> },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      <WarningText>{t('caveat')}</WarningText>
      <ol class="govuk-list govuk-list--number govuk-list--spaced">
        {wordsOfSteps(verdict, visit.language, visit.ctx.zone).map((step) => (
          <Step visit={visit} step={step} />
        ))}
      </ol>
    </>,
  )
}

const colours: Record<StepWords['outcome'], string> = {
  passed: 'govuk-tag--green',
  failed: 'govuk-tag--red',
  unknown: 'govuk-tag--grey',
  impossible: 'govuk-tag--grey',
  skipped: 'govuk-tag--grey',
}

function Step({ visit, step }: { visit: Visit; step: StepWords }) {
  return (
    <li>
      <strong>{step.title}</strong> <Tag class={colours[step.outcome]}>{step.mark}</Tag>
      <br />
      {step.found}
      {step.advice !== undefined && (
        <p class="govuk-body">
          <strong>{texts(visit.language)('todo')}</strong>
          {step.advice}
        </p>
      )}
    </li>
  )
}
