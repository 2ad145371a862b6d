// The sections of the page "Signing in and security".
import type { Visit } from '#http/visit.ts'
import type { PasskeyEntry, Provider, ProviderLink, User } from '#kernel/identity/identity.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { formatInstant } from '../portal/words.ts'
import type { Failure } from './failure.ts'
import { signInTexts } from './texts.ts'

export type SecurityFacts = {
  user: User
  passkeys: PasskeyEntry[]
  links: ProviderLink[]
  providers: Provider[]
  recovery: { left: number; made: Date | null }
}
type PartProps = { visit: Visit; facts: SecurityFacts }

const action = (visit: Visit) => `${visit.base}/account/security`
/** Answers of these forms may be a page of another address, so Turbo keeps out of them. */
const plain = { 'data-turbo': 'false' }

export function Passkeys({ visit, facts }: PartProps) {
  const t = signInTexts(visit.language)
  const at = (date: Date | null) => (date ? formatInstant(date, visit.ctx.zone, visit.language) : t('never'))
  return (
    <>
      <h2 class="govuk-heading-m">{t('passkeys')}</h2>
      <p class="govuk-body">{t('passkeysLead')}</p>
      {facts.user.kind === 'staff' && <p class="govuk-body">{t('passkeysStaff')}</p>}
      {facts.passkeys.length === 0 ? (
        <p class="govuk-hint">{t('passkeyNo')}</p>
      ) : (
        <Table
          class="xl-table--stack"
          head={[t('passkeyName'), t('made'), t('used'), t('actions')]}
          rows={facts.passkeys.map((entry) => [
            entry.name,
            { content: at(entry.createdAt) },
            { content: at(entry.lastUsedAt) },
            {
              content: (
                <Form action={action(visit)} attributes={{ ...plain, class: 'xl-inline' }}>
                  <input type="hidden" name="passkey" value={entry.passkeyId} />
                  <button class="xl-plain-button" name="_act" value="passkey-remove" aria-label={t('removeOne', { name: entry.name })}>
                    {t('remove')}
                  </button>
                </Form>
              ),
            },
          ])}
        />
      )}
      <Button href={`${visit.base}/account/passkey`} class="govuk-button--secondary">
        {t('passkeyAdd')}
      </Button>
    </>
  )
}

export function Recovery({ visit, facts }: PartProps) {
  const t = signInTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('recovery')}</h2>
      <p class="govuk-body">{t('recoveryLead')}</p>
      <p class="govuk-body">{facts.recovery.left > 0 ? t('recoveryLeft', { count: facts.recovery.left }) : t('recoveryNone')}</p>
      <Form action={action(visit)} attributes={plain}>
        <Button name="_act" value="recovery" class="govuk-button--secondary">
          {t('recoveryMake')}
        </Button>
      </Form>
      <p class="govuk-body">
        {t('factor')}：
        <a class="govuk-link" href={`${visit.base}/workspace/account`}>
          {t('factorLink')}
        </a>
      </p>
    </>
  )
}

export function Contacts({ visit, facts: { user } }: PartProps) {
  const t = signInTexts(visit.language)
  const row = (label: string, value: string, via: 'phone' | 'email') => ({
    key: label,
    value: value || t('none'),
    actions: { items: [{ href: `${visit.base}/account/contact?via=${via}`, text: t(value === '' ? 'add' : 'change'), hiddenText: label }] },
  })
  return (
    <>
      <h2 class="govuk-heading-m">{t('contact')}</h2>
      <SummaryList rows={[row(t('contactPhone'), user.phone, 'phone'), row(t('contactEmail'), user.email, 'email')]} />
    </>
  )
}

export function Password({ visit, facts: { user }, failure }: PartProps & { failure: Failure | undefined }) {
  const t = signInTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('passwordHead')}</h2>
      <p class="govuk-body">{t(user.hasPassword ? 'passwordSet' : 'passwordUnset')}</p>
      {user.email === '' ? (
        <p class="govuk-body">{t('passwordNeedsEmail')}</p>
      ) : (
        <Form action={action(visit)} attributes={plain}>
          <input type="text" value={user.email} autocomplete="username" hidden readonly aria-label={t('email')} />
          <Input
            name="password"
            type="password"
            label={t('newPassword')}
            hint={t('newPasswordHint')}
            error={failure?.code.startsWith('password.') ? failure.text : undefined}
            autocomplete="new-password"
            class="govuk-input--width-20"
          />
          <Button name="_act" value="password" class="govuk-button--secondary">
            {t('savePassword')}
          </Button>
        </Form>
      )}
    </>
  )
}

export function Links({ visit, facts }: PartProps) {
  const t = signInTexts(visit.language)
  const labels = new Map(facts.providers.map((provider) => [provider.issuer, provider.label[visit.language]]))
  const free = facts.providers.filter((provider) => !facts.links.some((link) => link.issuer === provider.issuer))
  return (
    <>
      <h2 class="govuk-heading-m">{t('links')}</h2>
      {facts.links.length === 0 ? (
        <p class="govuk-hint">{t('linksNone')}</p>
      ) : (
        <Table
          class="xl-table--stack"
          head={[t('issuer'), t('made'), t('actions')]}
          rows={facts.links.map((link) => [
            labels.get(link.issuer) ?? link.issuer,
            { content: formatInstant(link.createdAt, visit.ctx.zone, visit.language) },
            {
              content: (
                <Form action={action(visit)} attributes={{ ...plain, class: 'xl-inline' }}>
                  <input type="hidden" name="link" value={link.subjectKey} />
                  <button
                    class="xl-plain-button"
                    name="_act"
                    value="unlink"
                    aria-label={t('unlinkOne', { issuer: labels.get(link.issuer) ?? link.issuer })}
                  >
                    {t('unlink')}
                  </button>
                </Form>
              ),
            },
          ])}
        />
      )}
      <ul class="govuk-list">
        {free.map((provider) => (
          <li>
            <a class="govuk-link" data-turbo="false" href={`${visit.base}/sign-in/with/${provider.providerId}?for=link`}>
              {t('linkTo', { label: provider.label[visit.language] })}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

export function Others({ visit }: { visit: Visit }) {
  const t = signInTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('others')}</h2>
      <p class="govuk-body">{t('othersText')}</p>
      <Form action={action(visit)} attributes={plain}>
        <Button name="_act" value="others" class="govuk-button--secondary">
          {t('othersEnd')}
        </Button>
      </Form>
    </>
  )
}
