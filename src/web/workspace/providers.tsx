// For the IT administrator: other bodies' sign-in services (OpenID Connect) by which residents or staff come in.
import type { DomainError } from '#kernel/errors.ts'
import type { Provider } from '#kernel/identity/identity.ts'
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { Tag } from '#ui/components/tag.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus, refusalText } from './refusals.ts'
import { checkAdministrator } from './settings.tsx'

const texts = defineTexts({
  zh: {
    title: '其他身份登录',
    lead: '接入符合 OpenID Connect 的身份服务，例如省、市统一身份认证，或者上级机关自己的登录。只认“提供方加编号”，不按邮箱、姓名去对应账号。',
    redirect: '请对方登记的回调地址',
    redirectText: '把下面地址里的“标识”换成您填写的标识：',
    saved: '已经保存。',
    add: '添加',
    none: '还没有接入。',
    on: '启用',
    off: '停用',
    id: '标识',
    idHint: '小写字母、数字和连字符，例如 province。以后不能改。',
    issuer: '提供方地址（issuer）',
    issuerHint: '对方给的 https 地址，一个字都不能差。以后不能改。',
    clientId: '客户端编号（client_id）',
    clientSecret: '客户端密钥（client_secret）',
    secretHint: '加密保存，不再显示。留空表示不变；新添加时留空表示没有密钥。',
    labelZh: '按钮文字（中文）',
    labelEn: '按钮文字（英文）',
    kind: '谁用',
    resident: '群众：第一次使用自动建立账号',
    staff: '工作人员（上级和其他机关）：先邀请或者关联，才能登录',
    options: '选项',
    strong: '对方自己要求第二重验证，本平台不再要求',
    enabled: '启用',
    save: '保存',
  },
  en: {
    title: 'Identity providers',
    lead: 'Services that speak OpenID Connect, such as a province’s sign-in or that of a higher body. Only provider and subject count: no account is matched by address or name.',
    redirect: 'Redirect address to register there',
    redirectText: 'Put your short name in place of NAME:',
    saved: 'Saved.',
    add: 'Add one',
    none: 'None yet.',
    on: 'on',
    off: 'off',
    id: 'Short name',
    idHint: 'Small letters, digits and hyphens, such as province. It cannot be changed later.',
    issuer: 'Issuer',
    issuerHint: 'The https address that the provider gave, exactly. It cannot be changed later.',
    clientId: 'Client id',
    clientSecret: 'Client secret',
    secretHint: 'Kept encrypted and never shown. Empty keeps the one that is stored; for a new provider it means none.',
    labelZh: 'What the link says (Chinese)',
    labelEn: 'What the link says (English)',
    kind: 'For whom',
    resident: 'Residents: an account is made on first use',
    staff: 'Staff of higher and other bodies: only after an invitation or linking',
    options: 'Options',
    strong: 'The provider asks for a second factor itself; do not ask again',
    enabled: 'In use',
    save: 'Save',
  },
})

type State = { body?: FormBody; error?: DomainError }

/** `GET /workspace/settings/providers` */
export const providersPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** `POST /workspace/settings/providers`: adds or changes one. */
export async function providersPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  checkAdministrator(visit)
  requireRecentSignIn(visit)
  const text = (name: string) => one(body, name).trim()
  const options = [body['options'] ?? []].flat()
  try {
    await visit.identity.saveProvider({
      providerId: text('id'),
      issuer: text('issuer'),
      clientId: text('clientId'),
      clientSecret: text('clientSecret') === '' ? undefined : text('clientSecret'),
      kind: text('kind') === 'staff' ? 'staff' : 'resident',
      label: { zh: text('labelZh'), en: text('labelEn') },
      strong: options.includes('strong'),
      enabled: options.includes('enabled'),
    })
    return seeOther(work(visit, '/settings/providers?did=saved'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  checkAdministrator(visit)
  const t = texts(visit.language)
  const providers = await visit.identity.listProviders()
  const changed = state.body && one(state.body, 'id').trim()
  const isNew = changed !== undefined && !providers.some((provider) => provider.providerId === changed)
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'settings',
      path: work(visit, '/settings/providers'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {context.req.query('did') === 'saved' && <NotificationBanner type="success" text={t('saved')} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <div class="xl-column">
        <p class="govuk-body">{t('lead')}</p>
        <h2 class="govuk-heading-s">{t('redirect')}</h2>
        <p class="govuk-body">
          {t('redirectText')}
          <code class="xl-block">{`${visit.ctx.services.baseUrl}${visit.base}/sign-in/with/${visit.language === 'zh' ? '标识' : 'NAME'}/return`}</code>
        </p>
        {providers.length === 0 && <p class="govuk-hint">{t('none')}</p>}
        {providers.map((provider) => (
          <>
            <h2 class="govuk-heading-s">
              {provider.label[visit.language]} <Tag colour={provider.enabled ? 'green' : 'grey'}>{t(provider.enabled ? 'on' : 'off')}</Tag>
            </h2>
            <Details summary={provider.issuer} open={changed === provider.providerId}>
              <ProviderForm visit={visit} provider={provider} state={changed === provider.providerId ? state : {}} />
            </Details>
          </>
        ))}
        <Details summary={t('add')} open={isNew}>
          <ProviderForm visit={visit} provider={undefined} state={isNew ? state : {}} />
        </Details>
      </div>
    </>,
  )
}

function ProviderForm({ visit, provider, state }: { visit: Visit; provider: Provider | undefined; state: State }) {
  const t = texts(visit.language)
  const field = state.error?.fields[0]?.pointer.slice(1)
  const scope = provider?.providerId ?? 'new'
  const input = (name: string, stored: string, wrong = name) => ({
    name,
    id: `${scope}-${name}`,
    value: state.body ? one(state.body, name) : stored,
    autocomplete: 'off',
    spellcheck: false,
    ...(state.error && field === wrong ? { error: refusalText(state.error, visit.language) } : {}),
  })
  const chosen = state.body
    ? [state.body['options'] ?? []].flat().filter((item) => typeof item === 'string')
    : [...(provider?.strong ? ['strong'] : []), ...(provider?.enabled === false ? [] : ['enabled'])]
  return (
    <Form action={work(visit, '/settings/providers')} attributes={{ 'data-turbo': 'false' }}>
      {provider ? (
        <>
          <input type="hidden" name="id" value={provider.providerId} />
          <input type="hidden" name="issuer" value={provider.issuer} />
        </>
      ) : (
        <>
          <Input {...input('id', '')} label={t('id')} hint={t('idHint')} class="govuk-input--width-20" />
          <Input {...input('issuer', '')} label={t('issuer')} hint={t('issuerHint')} inputmode="url" />
        </>
      )}
      <Input {...input('clientId', provider?.clientId ?? '')} label={t('clientId')} />
      <Input {...input('clientSecret', '')} value="" type="password" autocomplete="new-password" label={t('clientSecret')} hint={t('secretHint')} />
      <Input {...input('labelZh', provider?.label.zh ?? '', 'label')} label={t('labelZh')} />
      <Input {...input('labelEn', provider?.label.en ?? '', 'label')} label={t('labelEn')} />
      <Radios
        name="kind"
        idPrefix={`${scope}-kind`}
        value={state.body ? one(state.body, 'kind') : (provider?.kind ?? 'resident')}
        fieldset={{ legend: t('kind') }}
        items={[
          { value: 'resident', label: t('resident') },
          { value: 'staff', label: t('staff') },
        ]}
      />
      <Checkboxes
        name="options"
        idPrefix={`${scope}-options`}
        fieldset={{ legend: t('options') }}
        values={chosen}
        items={[
          { value: 'strong', label: t('strong') },
          { value: 'enabled', label: t('enabled') },
        ]}
      />
      <Button preventDoubleClick>{t('save')}</Button>
    </Form>
  )
}
