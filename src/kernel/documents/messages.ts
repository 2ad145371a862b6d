// What passes between the renderer and its cage: structured-clone messages over the child's IPC channel.

/** Any JSON document. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue | undefined }

export type Standard = 'a-2b' | 'a-3b'

/** How the parent starts the cage; `families` are the names of the loaded fonts, best first. */
export type CageStart = { workspace: string; fontFolders: string[]; families: string[] }

type Rendering = {
  source: string
  files: Record<string, Uint8Array>
  data: string // JSON text
  at: number // seconds since the epoch
}

/** One job for the cage. */
export type CageJob =
  | ({ kind: 'pdf'; standard: Standard } & Rendering)
  | ({ kind: 'pages' } & Rendering)
  | { kind: 'pdf-pages'; pdf: Uint8Array }
  | { kind: 'bundle'; data: string; pdfs: Uint8Array[]; titles: string[]; at: number; standard: '1.7' | 'a-3b' }

/** Why a job failed: `code` becomes the DomainError's code. `message` names no path of this machine. */
export type CageFailure = { code: 'document.template' | 'document.glyph' | 'document.attachment'; message: string; place?: string | undefined }

export type CageAnswer = { ready: true } | { pdf: Uint8Array } | { pages: string[] } | { failure: CageFailure }
