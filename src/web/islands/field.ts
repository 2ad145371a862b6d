// Visits on a phone without a signal: sheets are taken along, filled in, kept sealed, and sent when the signal is back.
import { button, make, note } from '../field/elements.ts'
import { fromBase64, importKey, unwrapKey, wrapKey } from '../field/seal.ts'
import { type App, sheetView } from '../field/sheet-view.ts'
import { openStore, type Sheet, type Survey } from '../field/store.ts'
import { fetchSheets, openSession, sendAll } from '../field/sync.ts'
import { fill, type Words, wordsOf } from '../field/texts.ts'

export async function start(place: HTMLElement): Promise<void> {
  const { base = '', language = 'zh', town = '', signIn = '' } = place.dataset
  const say = wordsOf(language)
  if (!('indexedDB' in globalThis) || !('subtle' in crypto) || !('serviceWorker' in navigator)) return place.replaceChildren(note(say.noStore))
  const app: App = { place, base, signIn, say, store: await openStore(`xiangli-field-${town}`) }
  void navigator.serviceWorker.register(`${base}/worker.js`, { scope: `${base}/` }).catch(() => undefined)
  for (const event of ['online', 'focus']) globalThis.addEventListener(event, () => void send(app))
  await show(app)
}

const root = document.querySelector<HTMLElement>('#field')
if (root) void start(root)

async function show(app: App): Promise<void> {
  const drawing = (app.drawn = (app.drawn ?? 0) + 1)
  const meta = await app.store.readMeta()
  if (app.key) app.sheets ??= await app.store.sheets(app.key)
  const sheets = app.key ? (app.sheets ?? []) : []
  const sheet = sheets.find((known) => known.taskId === app.open)
  const parts = !app.key
    ? meta
      ? locked(app)
      : pinForm(app)
    : sheet
      ? await sheetView(app, app.key, sheet, () => toList(app))
      : await listView(app, app.key, sheets)
  // Somebody has opened a sheet meanwhile: a list that comes late must not take it away.
  if (drawing !== app.drawn) return
  app.place.replaceChildren(make('h1', { class: 'govuk-heading-l' }, sheet ? sheet.title : app.say.title), ...parts)
}

// ——— in: the passcode ———

function pinField(app: App): { row: HTMLElement; input: HTMLInputElement } {
  const input = make('input', { class: 'govuk-input govuk-input--width-10', id: 'pin', type: 'password', autocomplete: 'off', minlength: '6' })
  return { row: make('div', { class: 'govuk-form-group' }, make('label', { class: 'govuk-label', for: 'pin' }, app.say.pin), input), input }
}

function pinForm(app: App): HTMLElement[] {
  const { say } = app
  const { row, input } = pinField(app)
  const status = make('p', { class: 'govuk-body', role: 'status' }, app.said ?? '')
  const take = button(say.take, async () => {
    if (input.value.length < 6) return status.replaceChildren(say.shortPin)
    status.replaceChildren(say.taking)
    const failed = await takeAlong(app, input.value)
    if (failed) status.replaceChildren(...failed)
    else await show(app)
  })
  return [note(say.lead), make('h2', { class: 'govuk-heading-m' }, say.pinTitle), note(say.pinHint), row, take, status]
}

function locked(app: App): HTMLElement[] {
  const { say } = app
  const { row, input } = pinField(app)
  const status = make('p', { class: 'govuk-body', role: 'status' }, app.said ?? '')
  const open = button(say.unlock, async () => {
    const meta = await app.store.readMeta()
    const key = meta && (await unwrapKey(meta.wrapped, input.value))
    if (!key) return status.replaceChildren(say.wrongPin)
    Object.assign(app, { key, user: meta.user })
    await show(app)
    await send(app)
  })
  const anew = button(
    say.newPin,
    () => app.place.replaceChildren(make('h1', { class: 'govuk-heading-l' }, say.title), ...pinForm(app)),
    'govuk-button--secondary',
  )
  return [make('h2', { class: 'govuk-heading-m' }, say.unlockTitle), row, make('div', { class: 'govuk-button-group' }, open, anew), status]
}

const signInNote = (app: App): (Node | string)[] => [app.say.signIn, ' ', make('a', { class: 'govuk-link', href: app.signIn }, app.say.signInLink)]

/** Takes the sheets along under a new passcode. Gives what to say when it cannot. */
async function takeAlong(app: App, pin?: string): Promise<(Node | string)[] | undefined> {
  const { store, say } = app
  try {
    const session = await openSession(app.base)
    if (!session) return signInNote(app)
    const meta = await store.readMeta()
    if (meta && meta.user !== session.user) {
      if ((await store.countSurveys()) > 0) return [say.otherPerson]
      await store.wipe()
    }
    const raw = fromBase64(session.key)
    const key = await importKey(raw)
    if (pin !== undefined) await store.writeMeta({ user: session.user, wrapped: await wrapKey(raw, pin) })
    const { sheets } = (await fetchSheets(app.base)) as { sheets: Sheet[] } // our own server's answer
    const busy = new Set((await store.surveys(key)).map((survey) => survey.taskId))
    await store.replaceSheets(key, sheets, busy)
    delete app.sheets
    void navigator.storage?.persist?.()
    Object.assign(app, { key, user: session.user })
    return undefined
  } catch (error) {
    return [error instanceof DOMException && error.name === 'QuotaExceededError' ? say.notSaved : say.offline]
  }
}

// ——— the list ———

async function listView(app: App, key: CryptoKey, sheets: Sheet[]): Promise<HTMLElement[]> {
  const { say, store } = app
  const surveys = await store.surveys(key)
  const receipts = await store.receipts()
  const rows = sheets.map((sheet) => {
    const survey = surveys.find((known) => known.taskId === sheet.taskId)
    const who = sheet.people.map(({ name, phone, address }) => [name, phone, address].filter(Boolean).join('，')).join('；')
    const facts = [sheet.procedure, sheet.place, ...(sheet.due ? [fill(say.due, { due: sheet.due })] : [])].filter(Boolean).join(' · ')
    const fillIn = button(say.open, () => openSheet(app, sheet.taskId), 'govuk-button--secondary')
    fillIn.setAttribute('aria-label', `${say.open} ${sheet.number}`)
    return make(
      'li',
      { class: 'xl-field__row' },
      make('h2', { class: 'govuk-heading-s' }, `${who} ${sheet.number}`),
      note(facts),
      make(
        'p',
        { class: 'govuk-body' },
        make('strong', { class: 'govuk-tag' }, stateText(say, survey)),
        ...(survey?.problems ?? []).map((problem) => ` ${problem}`),
      ),
      fillIn,
    )
  })
  const left = surveys.length
  const clear = button(
    say.wipe,
    async () => {
      await store.wipe()
      delete app.key
      delete app.sheets
      app.said = say.wiped
      await show(app)
    },
    'govuk-button--secondary',
  )
  return [
    make('p', { class: 'govuk-inset-text', role: 'status', id: 'field-status' }, app.said ?? statusText(say, left)),
    make(
      'div',
      { class: 'govuk-button-group' },
      button(say.send, () => send(app)),
      button(say.refresh, () => refresh(app), 'govuk-button--secondary'),
    ),
    ...(rows.length > 0 ? [make('ul', { class: 'govuk-list' }, ...rows)] : [note(say.none)]),
    ...(left === 0 ? [clear] : []),
    ...(receipts.length > 0
      ? [
          make('h2', { class: 'govuk-heading-m' }, say.receipts),
          make(
            'ul',
            { class: 'govuk-list', id: 'field-receipts' },
            ...receipts.map((receipt) =>
              make(
                'li',
                {},
                fill(say.receipt, { number: receipt.number, at: new Date(receipt.at).toLocaleString(), id: receipt.survey.slice(0, 8) }),
              ),
            ),
          ),
        ]
      : []),
  ]
}

const statusText = (say: Words, left: number) => (left === 0 ? say.allSent : fill(say.unsent, { count: left }))

function stateText(say: Words, survey: Survey | undefined): string {
  const words = { draft: say.stateDraft, ready: say.stateReady, taken: say.stateTaken, refused: say.stateRefused, damaged: say.stateDamaged }
  return survey ? words[survey.state] : say.stateNew
}

async function openSheet(app: App, taskId: string): Promise<void> {
  app.open = taskId
  await show(app)
  globalThis.scrollTo(0, 0)
}

async function refresh(app: App): Promise<void> {
  const failed = await takeAlong(app)
  await show(app)
  if (failed) app.place.querySelector('#field-status')?.replaceChildren(...failed)
}

async function send(app: App): Promise<void> {
  const { key, user, say, store } = app
  if (!key || user === undefined) return
  const status = () => app.place.querySelector('#field-status')
  const changed = async () => {
    const left = (await store.surveys(key)).filter((survey) => survey.state === 'ready').length
    status()?.replaceChildren(fill(say.sending, { count: left }))
  }
  const work = () => sendAll({ base: app.base, store, key, user, changed })
  // From the press until the answer: the page says that it is at work.
  app.sending = (app.sending ?? 0) + 1
  app.place.dataset['busy'] = ''
  try {
    // Two pages on one phone do not send the same survey at the same time; twice would change nothing either.
    const end = navigator.locks ? await navigator.locks.request('xiangli-field', work) : await work()
    delete app.sheets
    if (app.open !== undefined || !app.key) return
    await show(app)
    const left = await store.countSurveys()
    if (end === 'line' && left > 0) status()?.replaceChildren(`${say.offline} ${statusText(say, left)}`)
    if (end === 'sign-in' && left > 0) status()?.replaceChildren(...signInNote(app))
    if (end === 'other-person') status()?.replaceChildren(say.otherPerson)
  } finally {
    app.sending -= 1
    if (app.sending === 0) delete app.place.dataset['busy']
  }
}

async function toList(app: App): Promise<void> {
  delete app.open
  delete app.said
  await show(app)
  void send(app)
}
