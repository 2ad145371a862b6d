// A worked example, played. With a script the browser's own engine plays it; without one each step is a page.
import { rehearse } from '#kernel/library/rehearse.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { assetAddress } from '#ui/assets.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { renderDiagram } from '#ui/diagram/render-diagram.ts'
import { raw } from 'hono/html'
import { caseOf, frameHtml, marksOf } from '../library/frame-html.ts'
import { findVersion, shortHash } from '../library/load.ts'
import { sayer } from '../library/parts.tsx'
import { loadStage, modelsOf } from '../library/stage.ts'
import { libraryTexts } from '../library/texts.ts'
import { portalPage } from './frame.tsx'

/** `GET /procedures/:slug/examples/:name?step=&version=` */
export async function examplePage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = libraryTexts(language)
  const name = context.req.param('name') ?? ''
  const { procedure, inForce } = await findVersion(visit, context.req.param('slug') ?? '', context.req.query('version'))
  const { script, stage, title, packages } = await loadStage(visit, procedure, name)
  const frames = [...rehearse(script)]
  const asked = Number(context.req.query('step') ?? 1)
  const at = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), frames.length) - 1 : 0
  const frame = frames[at]
  const seen = frame && caseOf(frame)
  const definitions = packages.get(seen?.slug ?? procedure.slug)?.definitions
  const version = inForce ? '' : `version=${shortHash(procedure.hash)}`
  const address = `${base}/procedures/${procedure.slug}/examples/${name}`
  const stepHref = (step: number) => `${address}?${[`step=${step}`, version].filter(Boolean).join('&')}`
  const say = sayer({ visit, procedure })
  return portalPage(
    visit,
    {
      title,
      path: `/procedures/${procedure.slug}/examples/${name}`,
      query: [`step=${at + 1}`, version].filter(Boolean).join('&'),
      width: 'wide',
      before: (
        <Breadcrumbs
          items={[
            { text: t('library'), href: `${base}/procedures` },
            { text: say('title'), href: `${base}/procedures/${procedure.slug}${version && `?${version}`}` },
            { text: title },
          ]}
          collapseOnMobile
        />
      ),
    },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      {!inForce && <InsetText>{t('viewing', { version: procedure.manifest.version })}</InsetText>}
      <div
        class="xl-player"
        data-island={assetAddress('player.js')}
        data-script={`${address}/script.json${version && `?${version}`}`}
        data-frame={String(at)}
      >
        <div class="govuk-button-group" data-player="controls" hidden>
          <button type="button" class="govuk-button govuk-button--secondary" data-player="back">
            {t('back')}
          </button>
          <button type="button" class="govuk-button" data-player="next">
            {t('next')}
          </button>
          <button type="button" class="govuk-button govuk-button--secondary" data-player="play" data-play={t('play')} data-pause={t('pause')}>
            {t('play')}
          </button>
          <button type="button" class="govuk-button govuk-button--secondary" data-player="restart">
            {t('restart')}
          </button>
        </div>
        <nav class="govuk-button-group" data-player="links" aria-label={t('moment')}>
          {at > 0 && (
            <a class="govuk-link" href={stepHref(at)} rel="prev">
              {t('back')}
            </a>
          )}
          {at + 1 < frames.length && (
            <a class="govuk-link" href={stepHref(at + 2)} rel="next">
              {t('next')}
            </a>
          )}
          {at > 0 && (
            <a class="govuk-link" href={stepHref(1)}>
              {t('restart')}
            </a>
          )}
        </nav>
        <p class="govuk-body-s">
          {t('frameLive')} <span data-player="count">{at + 1}</span> / {frames.length} {t('frameUnit')}
        </p>
        <div data-player="words" aria-live="polite" class="xl-player__words">
          {frame && raw(frameHtml(frame, stage))}
        </div>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
        <section class="xl-diagram__scroll" data-player="picture" aria-label={t('picture')} tabindex={0}>
          {raw(renderDiagram(definitions, seen ? marksOf(seen) : {}, language, stage.words[seen?.slug ?? procedure.slug]))}
        </section>
      </div>
    </>,
  )
}

/** `GET /procedures/:slug/examples/:name/script.json?version=`: what the island plays. */
export async function exampleScript(visit: Visit, context: HttpContext): Promise<Response> {
  const { procedure } = await findVersion(visit, context.req.param('slug') ?? '', context.req.query('version'))
  const { script, stage, packages } = await loadStage(visit, procedure, context.req.param('name') ?? '')
  return new Response(JSON.stringify({ script, stage, models: modelsOf(packages) }), {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  })
}
