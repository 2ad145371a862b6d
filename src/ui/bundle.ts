// Islands: scripts in TypeScript that share modules with the server, each bundled into one file for the pages that ask for it.
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/** `modules`: every file that went into it, for the question whether it is out of date. */
export type Island = { name: string; code: string; modules: string[] }

export const islandsFolder = join(import.meta.dirname, '../web/islands')

/** Source files of islands: `player.ts` → `player.js`. */
export const listIslands = (): string[] =>
  readdirSync(islandsFolder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('.test.ts'))
    .toSorted()

const server = '\0server'
/** Modules of Node stand for nothing here: what is left of one in a bundle is an error, see below. */
const serverOnly = {
  name: 'server-only',
  resolveId: (id: string) => (id.startsWith('node:') ? { id: server, moduleSideEffects: false } : null),
  load: (id: string) => (id === server ? 'export {}' : null),
}

/** One self-contained module for each island. Modules of the server that an island only touches in passing are left out. */
export async function bundleIslands(): Promise<Island[]> {
  const { rolldown } = await import('rolldown')
  const islands: Island[] = []
  for (const file of listIslands()) {
    const bundle = await rolldown({
      input: join(islandsFolder, file),
      platform: 'browser',
      treeshake: { moduleSideEffects: false },
      plugins: [serverOnly],
      shimMissingExports: true,
      logLevel: 'silent',
    })
    const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false })
    await bundle.close()
    const [chunk] = output
    const outside = [...chunk.imports, ...chunk.dynamicImports, ...chunk.moduleIds.filter((id) => id === server)]
    if (outside.length > 0) throw new Error(`The island ${file} needs what a browser does not have: ${outside.join(', ')}`)
    islands.push({ name: `${basename(file, '.ts')}.js`, code: chunk.code, modules: chunk.moduleIds.filter((id) => id.startsWith('/')).toSorted() })
  }
  return islands
}
