// One sheet on the phone: the server's form, its photos, and what is kept after each change.
import { button, make, note } from './elements.ts'
import { findMissing, readTyped, toAnswers, writeTyped } from './form.ts'
import { toKeep } from './photos.ts'
import { sha256 } from './seal.ts'
import type { Sheet, Store, Survey } from './store.ts'
import { fill, type Words } from './texts.ts'

/** The page as it stands; without `key` it is locked. */
export type App = {
  place: HTMLElement
  base: string
  signIn: string
  say: Words
  store: Store
  key?: CryptoKey
  user?: string
  open?: string
  said?: string
  /** Opened once, since a phone may hold hundreds. */
  sheets?: Sheet[]
  /** How often the page was drawn: an older drawing that comes late is dropped. */
  drawn?: number
  /** How many attempts to send are on their way. */
  sending?: number
}

/** `toList` goes back to the list and tries to send. */
export async function sheetView(app: App, key: CryptoKey, sheet: Sheet, toList: () => Promise<void>): Promise<HTMLElement[]> {
  const { say, store } = app
  const known = (await store.surveys(key)).find((survey) => survey.taskId === sheet.taskId)
  const survey: Survey = known ?? { id: crypto.randomUUID(), taskId: sheet.taskId, state: 'draft', raw: {}, data: {}, photos: [], problems: [] }
  const form = make('form', { novalidate: true })
  // Drawn by our own server from the form's schema; nothing that a person typed is in it.
  form.append(...new DOMParser().parseFromString(sheet.html, 'text/html').body.childNodes)
  writeTyped(form, survey.raw)
  const status = make('p', { class: 'govuk-body', role: 'status', id: 'field-saved' }, survey.problems.join('；'))
  const album = make('div', { id: 'field-photos' })
  const save = async (state: Survey['state'] = 'draft') => {
    Object.assign(survey, { state, raw: readTyped(form), problems: [] })
    try {
      await store.saveSurvey(key, survey)
      status.replaceChildren(say.saved)
    } catch {
      status.replaceChildren(say.notSaved)
    }
  }
  function redraw(): void {
    const removed = async () => {
      await save()
      redraw()
    }
    album.replaceChildren(...albumView(app, survey, removed))
  }
  form.addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === 'file') void addPhotos(event.target)
    else void save()
  })
  async function addPhotos(input: HTMLInputElement): Promise<void> {
    const most = Number((sheet.schema.properties[input.name] as { maxItems?: number } | undefined)?.maxItems ?? 6)
    for (const file of Array.from(input.files ?? [])) {
      if (survey.photos.length >= most) return status.replaceChildren(fill(say.tooMany, { count: most }))
      const bytes = await toKeep(file)
      const hash = await sha256(bytes)
      if (survey.photos.some((photo) => photo.sha256 === hash && photo.field === input.name)) continue
      try {
        await store.savePhoto(key, survey.id, hash, bytes)
      } catch {
        return status.replaceChildren(say.notSaved)
      }
      survey.photos.push({ field: input.name, sha256: hash, bytes: bytes.byteLength })
    }
    input.value = ''
    await save()
    redraw()
  }
  const finish = button(say.done, async () => {
    const data = toAnswers(sheet, readTyped(form), survey.photos)
    const missing = findMissing(sheet, data)
    if (missing.length > 0) return status.replaceChildren(fill(say.missing, { fields: missing.join('、') }))
    survey.data = data
    await save('ready')
    await toList()
  })
  const discard = button(
    say.discard,
    async () => {
      await store.removeSurvey(survey)
      await toList()
    },
    'govuk-button--warning',
  )
  redraw()
  return [
    note(`${sheet.number} · ${sheet.people.map((person) => person.name).join('、')}`),
    form,
    album,
    make(
      'div',
      { class: 'govuk-button-group' },
      finish,
      button(say.back, () => toList(), 'govuk-button--secondary'),
      ...(known ? [discard] : []),
    ),
    status,
  ]
}

function albumView(app: App, survey: Survey, removed: () => Promise<void>): HTMLElement[] {
  if (survey.photos.length === 0) return []
  const items = survey.photos.map((photo, index) => {
    const remove = button(
      fill(app.say.removePhoto, { number: index + 1 }),
      async () => {
        survey.photos = survey.photos.filter((known) => known !== photo)
        await removed()
      },
      'govuk-button--secondary',
    )
    return make('li', {}, `${fill(app.say.photo, { number: index + 1 })}（${Math.ceil(photo.bytes / 1024)} KB） `, remove)
  })
  return [
    make('h2', { class: 'govuk-heading-s' }, fill(app.say.photos, { count: survey.photos.length })),
    make('ul', { class: 'govuk-list' }, ...items),
  ]
}
