// IndexedDB of the phone: sheets, surveys and photos lie sealed; receipts hold hashes only.
import { openBytes, openJson, type Sealed, sealBytes, sealJson, type Wrapped } from './seal.ts'

/** A sheet as the server sent it (src/web/workspace/field.tsx). `html` is drawn by the server from the form's schema. */
export type Sheet = {
  taskId: string
  number: string
  title: string
  procedure: string
  place: string
  due: string | null
  people: { name: string; phone: string; address: string }[]
  html: string
  schema: { properties: Record<string, object>; required?: string[] }
  labels: Record<string, string>
}
export type Photo = { field: string; sha256: string; bytes: number }
export type SurveyState = 'draft' | 'ready' | 'taken' | 'refused' | 'damaged'
/** `raw`: what was typed by control name; `data`: the answers, once complete. */
export type Survey = {
  id: string
  taskId: string
  state: SurveyState
  raw: Record<string, string[]>
  data: Record<string, unknown>
  photos: Photo[]
  problems: string[]
}
export type Receipt = { survey: string; task: string; number: string; at: string; data: string; files: { sha256: string; bytes: number }[] }
export type Meta = { user: string; wrapped: Wrapped }

const stores = ['meta', 'sheets', 'surveys', 'photos', 'receipts'] as const
type StoreName = (typeof stores)[number]

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    for (const event of ['error', 'abort']) transaction.addEventListener(event, () => reject(transaction.error ?? new Error('aborted')))
  })
const answer = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('failed')))
  })

export type Store = Awaited<ReturnType<typeof openStore>>

/** One database for each town. */
export async function openStore(name: string) {
  const opening = indexedDB.open(name, 1)
  opening.addEventListener('upgradeneeded', () => {
    for (const store of stores) opening.result.createObjectStore(store)
  })
  const db = await answer(opening)
  const read = <Value>(store: StoreName, key: string): Promise<Value | undefined> => answer(db.transaction(store).objectStore(store).get(key))
  const keys = async (store: StoreName): Promise<string[]> => (await answer(db.transaction(store).objectStore(store).getAllKeys())).map(String)
  /** All of it or nothing; on the disk before it returns where the browser knows how. */
  async function write(names: StoreName[], work: (transaction: IDBTransaction) => void): Promise<void> {
    const transaction = db.transaction(names, 'readwrite', { durability: 'strict' })
    work(transaction)
    await done(transaction)
  }
  async function readAll<Value>(store: 'sheets' | 'surveys', key: CryptoKey): Promise<Value[]> {
    const found: Value[] = []
    for (const id of await keys(store)) {
      const sealed = await read<Sealed>(store, id)
      if (sealed) found.push(await openJson<Value>(key, sealed, `${store}/${id}`))
    }
    return found
  }
  return {
    readMeta: () => read<Meta>('meta', 'meta'),
    writeMeta: (meta: Meta) => write(['meta'], (transaction) => void transaction.objectStore('meta').put(meta, 'meta')),
    countSurveys: async () => (await keys('surveys')).length,
    sheets: (key: CryptoKey) => readAll<Sheet>('sheets', key),
    surveys: (key: CryptoKey) => readAll<Survey>('surveys', key),
    receipts: async (): Promise<Receipt[]> => answer(db.transaction('receipts').objectStore('receipts').getAll()),
    /** The sheets that the server gives now; one whose survey is still here stays. */
    async replaceSheets(key: CryptoKey, sheets: Sheet[], kept: Set<string>): Promise<void> {
      const sealed = await Promise.all(sheets.map(async (sheet) => [sheet.taskId, await sealJson(key, sheet, `sheets/${sheet.taskId}`)] as const))
      const wanted = new Set(sheets.map((sheet) => sheet.taskId))
      const old = (await keys('sheets')).filter((id) => !wanted.has(id) && !kept.has(id))
      await write(['sheets'], (transaction) => {
        const store = transaction.objectStore('sheets')
        for (const id of old) store.delete(id)
        for (const [id, value] of sealed) store.put(value, id)
      })
    },
    async saveSurvey(key: CryptoKey, survey: Survey): Promise<void> {
      const sealed = await sealJson(key, survey, `surveys/${survey.id}`)
      await write(['surveys'], (transaction) => void transaction.objectStore('surveys').put(sealed, survey.id))
    },
    async savePhoto(key: CryptoKey, survey: string, hash: string, bytes: ArrayBuffer): Promise<void> {
      const place = `${survey}/${hash}`
      const sealed = await sealBytes(key, bytes, `photos/${place}`)
      await write(['photos'], (transaction) => void transaction.objectStore('photos').put(sealed, place))
    },
    async readPhoto(key: CryptoKey, survey: string, hash: string): Promise<ArrayBuffer | undefined> {
      const sealed = await read<Sealed>('photos', `${survey}/${hash}`)
      return sealed && (await openBytes(key, sealed, `photos/${survey}/${hash}`))
    },
    /** The receipt is written in the same transaction that wipes what it is for: never one without the other. */
    async removeSurvey(survey: Survey, receipt?: Receipt): Promise<void> {
      await write(['surveys', 'photos', 'sheets', 'receipts'], (transaction) => {
        if (receipt) transaction.objectStore('receipts').put(receipt, receipt.survey)
        transaction.objectStore('surveys').delete(survey.id)
        if (receipt || survey.state === 'taken') transaction.objectStore('sheets').delete(survey.taskId)
        transaction.objectStore('photos').delete(IDBKeyRange.bound(`${survey.id}/`, `${survey.id}/\uffff`))
      })
    },
    wipe: () =>
      write([...stores], (transaction) => {
        for (const store of stores) transaction.objectStore(store).clear()
      }),
  }
}
