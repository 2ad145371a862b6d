// Is this paper genuine? Number, date, issuer and state; what it says only with the receipt code.
import { verifyDocument, type VerifiedDocument } from '#kernel/documents/verify.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { normalizeCode } from '#kernel/ids.ts'
import { defineTexts } from '#ui/texts.ts'
import { ReceiptCheck } from './checker-page.tsx'
import { limit, one, portalPage, readPost } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '核验文书真假',
    lead: '文书上二维码旁边有 10 位核验码。扫码或者输入核验码，就能知道是不是{town}制发的。',
    receipt: '要核验的是回执，看下面',
    code: '核验码',
    codeHint: '10 位字母和数字，大小写、空格都没有关系。',
    check: '核验',
    genuine: '是真的：这份文书由我们制发',
    genuineText: '请把下面的内容和纸上的逐项对照。有一项对不上，就可能是伪造或者改动过的。',
    number: '文号',
    kind: '种类',
    date: '成文日期',
    issuer: '制发机关',
    status: '状态',
    issued: '有效',
    withdrawn: '已撤回，不再有效',
    corrected: '已更正，以更正后的文书为准',
    void: '已作废，没有效力',
    replaced: '取代它的文书',
    unknown: '不是我们制发的，或者核验码输错了',
    unknownText: '请先一个字一个字地核对核验码。还是查不到的，请不要按这份文书付款或者办事；打电话或者到窗口问，怀疑被骗请报警（110）。',
    content: '文书的内容只有当事人能看：请用回执码查询。',
    track: '用回执码查询',
    again: '再核验一份',
    opening: '电话和办公时间',
  },
  en: {
    title: 'Is this document genuine?',
    lead: 'Beside the QR code of a document stands a checking code of 10 characters. Scan it or type it to see whether {town} issued it.',
    receipt: 'For a receipt, see below',
    code: 'Checking code',
    codeHint: '10 letters and digits; capitals and spaces do not matter.',
    check: 'Check',
    genuine: 'Genuine: we issued this document',
    genuineText: 'Compare each line with the paper. If one differs, the paper may be forged or changed.',
    number: 'Number',
    kind: 'Kind',
    date: 'Date',
    issuer: 'Issued by',
    status: 'State',
    issued: 'In force',
    withdrawn: 'Withdrawn: no longer in force',
    corrected: 'Corrected: the corrected document counts',
    void: 'Void',
    replaced: 'Replaced by',
    unknown: 'Not issued by us, or the code was mistyped',
    unknownText:
      'Check the code letter by letter. If it still cannot be found, do not pay or act on this paper; call us or come to the counter, and call the police (110) if you suspect fraud.',
    content: 'What it says can be read by the people concerned, with their receipt code.',
    track: 'Track with the receipt code',
    again: 'Check another one',
    opening: 'Phones and opening hours',
  },
})

/** `GET /verify` */
export function verifyPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  return portalPage(
    visit,
    { title: t('title'), path: '/verify' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead', { town: visit.town.name[visit.language] })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href="#receipt">
          {t('receipt')}
        </a>
      </p>
      <CodeForm visit={visit} />
      <ReceiptCheck visit={visit} />
    </>,
  )
}

const CodeForm = ({ visit }: { visit: Visit }) => {
  const t = texts(visit.language)
  return (
    <Form action={`${visit.base}/verify`}>
      <Input
        name="code"
        label={t('code')}
        hint={t('codeHint')}
        class="govuk-input--width-20"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
      />
      <Button>{t('check')}</Button>
    </Form>
  )
}

/** `POST /verify` */
export async function verifyPost(visit: Visit, context: HttpContext): Promise<Response> {
  const code = normalizeCode(one(await readPost(visit, context), 'code')).slice(0, 40)
  return seeOther(`${visit.base}/verify${code === '' ? '' : `/${code}`}`)
}

/** `GET /verify/:code`: where the QR of a document leads. */
export async function verifyResult(visit: Visit, context: HttpContext): Promise<Response> {
  await limit(visit, 'documentsVerified')
  const { base, language } = visit
  const t = texts(language)
  const code = normalizeCode(context.req.param('code') ?? '')
  const found = await verifyDocument(visit.ctx, code, language)
  const title = found ? (found.status === 'issued' || found.status === 'served' ? t('genuine') : statusText(found, language)) : t('unknown')
  return portalPage(
    visit,
    { title, path: `/verify/${code}`, status: found ? 200 : 404 },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      {found ? <Result visit={visit} found={found} /> : <WarningText>{t('unknownText')}</WarningText>}
      <ul class="govuk-list">
        {found && (
          <li>
            <a class="govuk-link" href={`${base}/track`}>
              {t('track')}
            </a>
          </li>
        )}
        <li>
          <a class="govuk-link" href={`${base}/verify`}>
            {t('again')}
          </a>
        </li>
        <li>
          <a class="govuk-link" href={`${base}/opening`}>
            {t('opening')}
          </a>
        </li>
      </ul>
    </>,
  )
}

function Result({ visit, found }: { visit: Visit; found: VerifiedDocument }) {
  const { language } = visit
  const t = texts(language)
  const isInForce = found.status === 'issued' || found.status === 'served'
  return (
    <>
      {!isInForce && <WarningText>{statusText(found, language)}</WarningText>}
      <p class="govuk-body">{t('genuineText')}</p>
      <SummaryList
        rows={[
          { key: t('number'), value: found.number },
          { key: t('kind'), value: found.title },
          { key: t('issuer'), value: found.issuer },
          { key: t('date'), value: formatDate(found.issuedOn, language) },
          { key: t('status'), value: statusText(found, language) },
          found.replacedBy !== null && { key: t('replaced'), value: found.replacedBy },
        ]}
      />
      <InsetText>{t('content')}</InsetText>
    </>
  )
}

function statusText(found: VerifiedDocument, language: Visit['language']): string {
  const t = texts(language)
  switch (found.status) {
    case 'issued':
    case 'served':
      return t('issued')
    case 'withdrawn':
    case 'corrected':
    case 'void':
      return t(found.status)
  }
}
