// The first page of an installation that serves several towns.
import { randomBytes } from 'node:crypto'
import { pageResponse } from '#http/page.ts'
import { renderHtml } from '#ui/html.ts'
import { Page } from '#ui/layout.tsx'

type Listed = { tenant_id: string; name: { zh: string; en: string } }

/** Towns by name, each a link to its start page. */
export async function townsPage(towns: readonly Listed[]): Promise<Response> {
  const nonce = randomBytes(16).toString('base64')
  const html = await renderHtml(
    <Page title="选择乡镇" language="zh" tenantName="乡里" path="/" nonce={nonce} homeHref="/" nav={[]} width="wide">
      <h1 class="govuk-heading-xl">请选择您的乡镇、街道</h1>
      {towns.length === 0 ? (
        <p class="xl-empty">这里还没有开通任何乡镇。</p>
      ) : (
        <ul class="xl-cards">
          {towns.map((town) => (
            <li class="xl-card">
              <h2 class="xl-card__title">
                <a class="govuk-link" href={`/t/${town.tenant_id}`}>
                  {town.name.zh}
                </a>
              </h2>
              <p class="xl-card__text" lang="en">
                {town.name.en}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Page>,
  )
  return pageResponse({ nonce }, html)
}
