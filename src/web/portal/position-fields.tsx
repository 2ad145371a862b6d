// Where it is, as coordinates: one button on a phone; without JavaScript two fields behind a line that nobody has to open.
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { FormFields, type FormFieldsProps } from '#ui/form/form-fields.tsx'
import type { Language } from '#ui/texts.ts'
import { defineTexts } from '#ui/texts.ts'

const texts = defineTexts({
  zh: {
    use: '用我的位置',
    hint: '点一下，用手机定位填好位置。只用这一次，不跟踪。人不在现场的，不要用。',
    typed: '经度、纬度（不会填可以不填）',
    asking: '正在定位，请在手机上点“允许”……',
    found: '位置填好了，误差大约{metres}米。',
    failed: '没有得到位置。写清楚地点也一样能办。',
  },
  en: {
    use: 'Use my position',
    hint: 'One press fills in where you stand now. Used this once; nothing follows you. Leave it if you are elsewhere.',
    typed: 'Latitude and longitude (optional)',
    asking: 'Looking for your position: please allow it on your phone…',
    found: 'Position filled in, to about {metres} metres.',
    failed: 'No position was found. Describing the place does as well.',
  },
})

export type Position = { latitude: string; longitude: string }

export function PositionFields({ form, position, language }: { form: FormFieldsProps; position: Position; language: Language }) {
  const t = texts(language)
  const names = [position.latitude, position.longitude]
  const isFilled = names.some((name) => form.errors?.[name] !== undefined || (form.values?.[name] ?? '') !== '')
  return (
    <div class="xl-position">
      <div hidden data-locate-box>
        <Button
          type="button"
          class="govuk-button--secondary"
          attributes={{
            'data-locate': true,
            'data-latitude': position.latitude,
            'data-longitude': position.longitude,
            'data-asking': t('asking'),
            'data-found': t('found', { metres: '{metres}' }),
            'data-failed': t('failed'),
            'aria-controls': 'position-said',
            'aria-describedby': 'position-hint',
          }}
        >
          {t('use')}
        </Button>
        <p class="govuk-hint" id="position-hint">
          {t('hint')}
        </p>
        <output class="govuk-body xl-position__said" id="position-said"></output>
      </div>
      <Details summary={t('typed')} open={isFilled}>
        <FormFields {...form} fields={names} />
      </Details>
    </div>
  )
}
