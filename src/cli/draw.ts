// xiangli draw: who takes part in a hearing, from a closed list and a signed checkpoint. docs/design/consultations.md.
import { readFileSync } from 'node:fs'
import { draw, entriesDigest } from '#kernel/consultations/draw.ts'
import { parseCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { parseNote } from '#kernel/ledger/note.ts'
import { type Given, printJson, Unusable } from './command.ts'

/** Options of the command table. */
export const drawOptions = {
  checkpoint: { value: 'FILE', about: 'the seed: the first checkpoint signed after the announced instant; without it only the digest is printed' },
  seats: { value: 'N', about: 'how many take part' },
  reserves: { value: 'N', about: 'how many stand in for them' },
}

const readFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Unusable(`${path} cannot be read.`, { cause })
  }
}

function countOf(text: string | undefined, name: string): number {
  const count = Number(text ?? '0')
  if (!Number.isInteger(count) || count < 0 || count > 10_000) throw new Unusable(`--${name} is a number from 0 to 10,000.`)
  return count
}

/**
 * Prints the digest of the list, and with a checkpoint all entries by rank. It sums, and does not check the checkpoint's signature: that is
 * `xiangli ledger`'s work. @throws Unusable.
 */
export async function runDraw({ positionals: [file = ''], options }: Given): Promise<number> {
  const entries = readFile(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (new Set(entries).size !== entries.length) throw new Unusable('An entry stands twice in the list.')
  const [seats, reserves] = [countOf(options['seats'], 'seats'), countOf(options['reserves'], 'reserves')]
  const digest = entriesDigest(entries)
  if (options['checkpoint'] === undefined) {
    printJson({ entries: entries.length, digest })
    return 0
  }
  const { origin, size, root } = parseCheckpoint(parseNote(readFile(options['checkpoint'])).text)
  const seed = Buffer.from(root).toString('base64')
  printJson({ entries: entries.length, digest, seed: { origin, size, root: seed }, drawn: draw(entries, seed, seats, reserves) })
  return 0
}
