// Files that must be there after a power cut: keys and memories outside the database.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file whole, mode 0600: after a power cut there is the old one or the new one. */
export function writeSynced(path: string, text: string): void {
  const draft = openSync(`${path}.draft`, 'w', 0o600)
  try {
    writeFileSync(draft, text)
    fsyncSync(draft)
  } finally {
    closeSync(draft)
  }
  renameSync(`${path}.draft`, path)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
