// The two frames: Page for residents, roomy; WorkspacePage for staff, dense with a side navigation.
import { AccountLinks, Brand, Document, SettingLinks } from './document.tsx'
import type { DocumentProps } from './document.tsx'
import { classes } from './html.ts'
import type { Child } from './html.ts'
import { layoutTexts } from './layout-texts.ts'

/** `count` is shown behind the text; `urgent` marks it in red and in words. */
export type NavItem = { id: string; text: string; href: string; count?: number; urgent?: boolean }
export type NavGroup = { title?: string; items: readonly NavItem[] }

type FrameProps = Omit<DocumentProps, 'children' | 'dense'> & {
  homeHref: string
  /** the `id` of the navigation item this page belongs to */
  active?: string
  actorName?: string
  signInHref?: string
  signOutAction?: string
  /** posts to the route that forgets everything kept on this computer */
  clearAction?: string
  tagline?: string
  /** breadcrumbs or a back link, above the main part */
  before?: Child
  children?: Child
}

export type PageProps = FrameProps & {
  nav: readonly NavItem[]
  /** narrow: text and forms; children with class `xl-full` may be wider */
  width?: 'narrow' | 'wide'
  footerLinks?: readonly { text: string; href: string }[]
  /** who runs the site, record numbers, phone: given by the tenant's settings */
  footer?: Child
}

/** A page for residents. */
export function Page(props: PageProps) {
  const t = layoutTexts(props.language)
  return (
    <Document {...props}>
      <div class="xl-utility">
        <nav class="govuk-width-container xl-utility__row" aria-label={t('settings')}>
          <SettingLinks {...props} />
          <AccountLinks {...props} />
        </nav>
      </div>
      <header class="xl-header">
        <div class="govuk-width-container xl-header__row">
          <Brand href={props.homeHref} name={props.tenantName} tagline={props.tagline ?? t('tagline')} />
        </div>
      </header>
      {props.nav.length > 0 && (
        <nav class="xl-nav" aria-label={t('mainNavigation')}>
          <div class="govuk-width-container">
            <ul class="xl-nav__list">
              {props.nav.map((item) => (
                <li>
                  <NavLink item={item} isActive={item.id === props.active} class="xl-nav__link" language={props.language} />
                </li>
              ))}
            </ul>
          </div>
        </nav>
      )}
      <div class="govuk-width-container">
        {props.before}
        <main class={classes('govuk-main-wrapper', 'xl-main', props.width !== 'wide' && 'xl-main--narrow')} id="main" tabindex={-1}>
          {props.children}
        </main>
      </div>
      <footer class="xl-footer">
        <div class="govuk-width-container">
          {props.footerLinks && props.footerLinks.length > 0 && (
            <nav aria-label={t('footer')}>
              <ul class="xl-footer__links">
                {props.footerLinks.map((link) => (
                  <li>
                    <a class="govuk-link" href={link.href}>
                      {link.text}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          {props.footer}
        </div>
      </footer>
    </Document>
  )
}

export type WorkspacePageProps = FrameProps & {
  nav: readonly NavGroup[]
  /** a search box or anything else at the right of the top bar */
  tools?: Child
  /** the post the officer is acting in, e.g. 信访办 · 接待岗 */
  postName?: string
}

/** A page for staff. */
export function WorkspacePage(props: WorkspacePageProps) {
  const t = layoutTexts(props.language)
  return (
    <Document {...props} dense>
      <header class="xl-header">
        <div class="xl-wide xl-header__row">
          <Brand href={props.homeHref} name={props.tenantName} tagline={props.tagline ?? t('workplace')} />
          <div class="xl-work__tools">
            {props.tools}
            {props.postName && <span>{props.postName}</span>}
            <SettingLinks {...props} />
            <AccountLinks {...props} />
          </div>
        </div>
      </header>
      <div class="xl-wide xl-work__body">
        <nav class="xl-side" aria-label={t('workNavigation')}>
          {props.nav.map((group) => (
            <>
              {group.title && <h2 class="xl-side__title">{group.title}</h2>}
              <ul class="xl-side__list">
                {group.items.map((item) => (
                  <li>
                    <NavLink item={item} isActive={item.id === props.active} class="xl-side__link" language={props.language} />
                  </li>
                ))}
              </ul>
            </>
          ))}
        </nav>
        <div>
          {props.before}
          <main class="xl-main" id="main" tabindex={-1}>
            {props.children}
          </main>
        </div>
      </div>
    </Document>
  )
}

function NavLink(props: { item: NavItem; isActive: boolean; class: string; language: DocumentProps['language'] }) {
  const t = layoutTexts(props.language)
  const { item } = props
  return (
    <a class={props.class} href={item.href} aria-current={props.isActive ? 'page' : undefined}>
      {item.text}
      {item.count !== undefined && (
        <span class={classes('xl-nav__count', item.urgent && 'xl-nav__count--urgent')}>
          <span aria-hidden="true">
            {item.count}
            {item.urgent && '!'}
          </span>
          <span class="govuk-visually-hidden">
            {' '}
            {t('items', { count: item.count })}
            {item.urgent && ` ${t('urgent')}`}
          </span>
        </span>
      )}
    </a>
  )
}
