#!/usr/bin/env node
// Runs the command line on the pinned Node, whatever `node` the machine has.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pinned = `${root}node_modules/.bin/node`
const node = Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : pinned
if (node === pinned && !existsSync(pinned)) {
  console.error('xiangli: run `npm ci` first (Node 24 is installed by it)')
  process.exit(2)
}
const run = spawnSync(node, ['--disable-warning=ExperimentalWarning', '--import', `${root}src/jsx-hook.js`, `${root}src/cli/main.ts`, ...process.argv.slice(2)], { stdio: 'inherit' })
if (run.signal) process.kill(process.pid, run.signal)
process.exit(run.status ?? 2)
