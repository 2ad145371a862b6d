// The document around a page: head, scripts, skip link. Nothing inline, so that `script-src 'self'; style-src 'self'` holds.
import { raw } from 'hono/html'
import { assetAddress } from './assets.ts'
import { PageContext } from './context.ts'
import { classes } from './html.ts'
import type { Child } from './html.ts'
import { layoutTexts } from './layout-texts.ts'
import { languageTags } from './texts.ts'
import type { Language } from './texts.ts'

export type DocumentProps = {
  title: string
  language: Language
  tenantName: string
  /** The path of this page without its query, for the language and edition links. */
  path: string
  /** This page's query without `lang` and `edition`, e.g. `q=水`; kept by those links. */
  query?: string
  /** The large-font edition (长辈版). */
  large?: boolean
  dense?: boolean
  /** The style nonce of the page's Content-Security-Policy: Turbo's progress bar needs it. */
  nonce?: string
  csrf?: string
  /** The page shows errors: its title says so first. */
  hasErrors?: boolean
  /** The page loads itself anew after this many seconds. */
  refreshSeconds?: number
  /** The page is always loaded as a whole, and so is whatever it leads to: its headers differ (a permission of the browser). */
  isWhole?: boolean
  /** More built scripts, e.g. `diagram.js`. */
  scripts?: readonly string[]
  /** Built scripts (`.js`) and styles (`.css`) of this page alone: Turbo does not reload for their sake, since that would lose a post. */
  islands?: readonly string[]
  /** The same page as data: links with `rel=alternate`. */
  alternates?: readonly { href: string; type: string; title: string }[]
  children?: Child
}

export function Document(props: DocumentProps) {
  const t = layoutTexts(props.language)
  return (
    <PageContext.Provider value={{ language: props.language, csrf: props.csrf }}>
      {raw('<!DOCTYPE html>')}
      <html
        lang={languageTags[props.language]}
        class={classes('govuk-template', props.large && 'xl-large', !props.large && props.dense && 'xl-dense')}
      >
        <head>
          <meta charset="utf-8" />
          <title>{`${props.hasErrors ? t('pageError') : ''}${props.title} - ${props.tenantName}`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
          <meta name="color-scheme" content="light" />
          <meta name="theme-color" content="#0b5d57" />
          <meta name="format-detection" content="telephone=no" />
          {/* Computers at a counter are shared: no page is kept for the Back button's preview. */}
          <meta name="turbo-cache-control" content="no-cache" />
          {props.refreshSeconds && <meta http-equiv="refresh" content={String(props.refreshSeconds)} />}
          {/* A page that Turbo put in its place would be thrown away by the timer of this one: links from here load as without it. */}
          {props.refreshSeconds && <meta name="turbo-root" content={props.path} />}
          {props.isWhole && <meta name="turbo-visit-control" content="reload" />}
          {props.nonce && <meta name="csp-nonce" content={props.nonce} />}
          {props.csrf && <meta name="csrf-token" content={props.csrf} />}
          <link rel="stylesheet" href={assetAddress('app.css')} data-turbo-track="reload" />
          {props.alternates?.map(({ href, type, title }) => (
            <link rel="alternate" href={href} type={type} title={title} />
          ))}
          <link rel="icon" href={assetAddress('mark.svg')} type="image/svg+xml" />
          <script type="module" src={assetAddress('app.js')} data-turbo-track="reload" />
          {props.scripts?.map((name) => (
            <script type="module" src={assetAddress(name)} data-turbo-track="reload" />
          ))}
          {props.islands?.map((name) =>
            name.endsWith('.css') ? <link rel="stylesheet" href={assetAddress(name)} /> : <script type="module" src={assetAddress(name)} />,
          )}
        </head>
        <body class={classes('govuk-template__body', props.dense && 'xl-work')} data-turbo={props.isWhole ? 'false' : undefined}>
          <a href="#main" class="govuk-skip-link" data-module="govuk-skip-link">
            {t('skip')}
          </a>
          {props.children}
        </body>
      </html>
    </PageContext.Provider>
  )
}

/** The page's own address with one setting changed. */
export function settingHref(props: { path: string; query?: string }, name: 'lang' | 'edition', value: string): string {
  return `${props.path}?${props.query ? `${props.query}&` : ''}${name}=${value}`
}

/** Links to the other language and the other edition. Turbo is off: both change the `<html>` element. */
export function SettingLinks(props: Pick<DocumentProps, 'language' | 'path' | 'query' | 'large'>) {
  const t = layoutTexts(props.language)
  const other = props.language === 'zh' ? 'en' : 'zh'
  return (
    <>
      <a class="govuk-link" href={settingHref(props, 'edition', props.large ? 'standard' : 'large')} data-turbo="false" rel="nofollow">
        {t(props.large ? 'largeOff' : 'largeOn')}
      </a>
      <a class="govuk-link" href={settingHref(props, 'lang', other)} lang={languageTags[other]} hreflang={languageTags[other]} data-turbo="false">
        {t('otherLanguage')}
      </a>
    </>
  )
}

/** Who is signed in and the way out, or the way in. Signing out and clearing are acts, so they are forms. */
export function AccountLinks(props: {
  language: Language
  csrf?: string
  actorName?: string
  signInHref?: string
  signOutAction?: string
  clearAction?: string
}) {
  const t = layoutTexts(props.language)
  return (
    <>
      {props.actorName && <span class="xl-utility__item">{props.actorName}</span>}
      {props.actorName && props.signOutAction && <PlainForm action={props.signOutAction} csrf={props.csrf} text={t('signOut')} />}
      {!props.actorName && props.signInHref && (
        <a class="govuk-link" href={props.signInHref}>
          {t('signIn')}
        </a>
      )}
      {props.clearAction && <PlainForm action={props.clearAction} csrf={props.csrf} text={t('clear')} />}
    </>
  )
}

const PlainForm = (props: { action: string; csrf?: string; text: string }) => (
  <form method="post" action={props.action} data-turbo="false">
    {props.csrf && <input type="hidden" name="_csrf" value={props.csrf} />}
    <button class="xl-plain-button">{props.text}</button>
  </form>
)

/** The mark of the platform (hills over a clear stream) and the name of the town. */
export const Brand = (props: { href: string; name: string; tagline: string }) => (
  // oxlint-disable-next-line jsx-a11y/control-has-associated-label -- its text is the name of the town
  <a class="xl-brand" href={props.href}>
    <img class="xl-brand__mark" src={assetAddress('mark.svg')} alt="" width="48" height="48" />
    <span>
      <span class="xl-brand__name">{props.name}</span>
      <span class="xl-brand__tagline">{props.tagline}</span>
    </span>
  </a>
)
