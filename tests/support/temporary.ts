// Folders and servers that a run leaves behind when it is killed are cleared by a watchdog outside the run.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new empty folder outside the project. */
export const makeTemporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `xiangli-${name}-`))

/**
 * However this process ends, even by SIGKILL: kills the process `pid` if given, waits for it, and removes `folder`.
 * Returns what calls the watchdog off.
 */
export function guard(folder: string, pid?: number): () => void {
  const script = 'cat; if [ -n "$1" ]; then kill -QUIT "$1"; while kill -0 "$1"; do sleep 0.1; done; fi; rm -rf "$2"'
  // Its input ends when we do; a group of its own keeps the terminal's Ctrl-C away from it.
  const watchdog = spawn('sh', ['-c', script, 'xiangli-watchdog', pid === undefined ? '' : String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watchdog.unref()
  // A pipe keeps the event loop alive unless told otherwise; the types hide that it is a socket.
  if (watchdog.stdin && 'unref' in watchdog.stdin && typeof watchdog.stdin.unref === 'function') watchdog.stdin.unref()
  return () => {
    watchdog.kill('SIGKILL')
  }
}
