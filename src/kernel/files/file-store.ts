// Bytes of files, already encrypted by the caller. Names are ids of ours: nothing that a person typed reaches a path.
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, open } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError } from '../errors.ts'

export type FileStore = {
  put(tenant: string, fileId: string, bytes: Buffer): Promise<void>
  get(tenant: string, fileId: string): Promise<Buffer>
  remove(tenant: string, fileId: string): Promise<void>
}

const safe = /^[a-z0-9-]{1,64}$/

/** A folder: `<folder>/<tenant>/<last two characters of the id>/<id>`; written, synced, then renamed. */
export function folderStore(folder: string): FileStore {
  const pathOf = (tenant: string, fileId: string) => {
    if (!safe.test(tenant) || !safe.test(fileId)) throw new DomainError('not_found', 'file.not_found', 'There is no such file.')
    return join(folder, tenant, fileId.slice(-2), fileId)
  }
  return {
    async put(tenant, fileId, bytes) {
      const path = pathOf(tenant, fileId)
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
      // Two requests may keep the same file at the same moment: each writes its own part.
      const part = `${path}.${randomUUID()}.part`
      const handle = await open(part, 'w', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(part, path)
    },
    async get(tenant, fileId) {
      try {
        return await readFile(pathOf(tenant, fileId))
      } catch (cause) {
        if (cause instanceof DomainError) throw cause
        throw new DomainError('not_found', 'file.not_found', 'There is no such file.', { cause })
      }
    },
    remove: (tenant, fileId) => rm(pathOf(tenant, fileId), { force: true }),
  }
}
