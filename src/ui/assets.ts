import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Names of built files by their plain name: `app.css` → `app.3f2a9c01.css`; `inputs` is the hash of everything they were made from, `modules` what islands were bundled from. */
export type Manifest = { inputs: string; modules?: string[]; files: Record<string, string> }

export const assetsFolder = join(import.meta.dirname, '../../dist/assets')

let current: Manifest | undefined

/** Called by `ensureAssets` when the files on disk have changed. */
export function useManifest(manifest: Manifest): void {
  current = manifest
}

/** The address of a built file; throws when the assets were never built, since a page without its style is not served. */
export function assetAddress(name: string): string {
  current ??= readManifest()
  const file = current?.files[name]
  if (!file) throw new Error(`No built asset "${name}". Run: npm run build`)
  return `/assets/${file}`
}

/** The manifest on disk, or undefined when there is none that can be read. */
export function readManifest(): Manifest | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(assetsFolder, 'manifest.json'), 'utf8'))
    return isManifest(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'inputs' in value &&
    typeof value.inputs === 'string' &&
    'files' in value &&
    typeof value.files === 'object'
  )
}
