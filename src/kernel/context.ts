import type { Clock } from './clock.ts'
import type { Db } from './database/database.ts'
import type { Keyring } from './keys/keyring.ts'
import type { Renderer } from './documents/renderer.ts'
import type { PackageCache } from './procedures/packages.ts'
import type { Scanner } from './files/clamd.ts'
import type { FileStore } from './files/file-store.ts'

/** A post that a member of staff holds today. */
export type HeldPost = {
  postId: string
  duty: string
  organizationId: string
  kind: 'own' | 'village' | 'superior' | 'outside'
  acting: boolean
  /** Sealed classes that the post opens, in cases given to its own body. */
  clears?: string[]
  /** Jurisdiction: the places whose matters it reads; absent is everywhere. */
  places?: string[]
}

/** Signs that a leaf will be in the town's log within a minute (src/kernel/ledger). */
export type PromiseSigner = { sign(ctx: Ctx, leafHash: Uint8Array, at: Date): Promise<string> }

/** Who asks. There is no data without an actor. */
export type Actor =
  /** `opened`: cases that are open to her under a broken seal right now. */
  | { kind: 'staff'; userId: string; name: string; posts: HeldPost[]; opened?: string[] }
  | { kind: 'resident'; accountId: string }
  /** `mandateId`: the code is a proxy's, who stands in for the party. */
  | { kind: 'receipt'; caseId: string; partyId: string; mandateId?: string }
  | { kind: 'anonymous' }
  | { kind: 'system'; work: string }

/** What the process lends to every request: nothing here belongs to a tenant. */
export type Services = {
  keyring: Keyring
  renderer: Renderer
  packages: PackageCache
  files: FileStore
  /** Looks for malware in an upload; undefined when no scanner is set up. */
  scan: Scanner | undefined
  promises: PromiseSigner
  /** Something was queued for a town's log or outbox: background work of this process looks at once. */
  wake(tenant: string): void
  /** Host name that ledger origins and links carry, e.g. `http://127.0.0.1:3000`. */
  baseUrl: string
  dataDir: string
  demo: boolean
}

/** First argument of every kernel function. */
export type Ctx = { db: Db; actor: Actor; tenant: string; zone: string; clock: Clock; services: Services }

/** The same request, asked by another actor. */
export const as = (ctx: Ctx, actor: Actor): Ctx => ({ ...ctx, actor })

/** The program itself, doing what the law or a procedure requires without being asked. */
export const systemActor = (work: string): Actor => ({ kind: 'system', work })
