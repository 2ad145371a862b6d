// Node strips types from .ts but refuses .tsx; this turns TSX into JavaScript as it is loaded.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'oxc-transform'

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('.tsx')) return nextLoad(url, context)
    const path = fileURLToPath(url)
    const { code, map, errors } = transformSync(path, readFileSync(path, 'utf8'), {
      lang: 'tsx',
      sourcemap: true,
      jsx: { runtime: 'automatic', importSource: 'hono/jsx' },
    })
    if (errors.length > 0) throw new SyntaxError(errors.map((error) => error.message).join('\n'))
    const inline = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
    return { format: 'module', source: `${code}\n${inline}`, shortCircuit: true }
  },
})
