// One browser for every journey, screenshot and accessibility test.
import { existsSync, mkdirSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const require = createRequire(import.meta.url)
const workFolder = join(tmpdir(), 'xiangli-browser')
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** Starts Chromium: `CHROMIUM_PATH`, else the machine's own, else the one inside the npm package. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? systemBrowsers.find((path) => existsSync(path)) ?? (await unpackBrowser())
  return chromium.launch({ executablePath, args: flags, env: { ...process.env, FONTCONFIG_FILE: writeFontConfig() } })
}

/** The npm package unpacks into the temporary folder; test files run side by side, so only one of them may do it at a time. */
async function unpackBrowser(): Promise<string> {
  mkdirSync(workFolder, { recursive: true })
  const lock = join(workFolder, 'unpacking')
  await takeLock(lock)
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return await packed.executablePath()
  } finally {
    rmdirSync(lock)
  }
}

/** A folder can be made only once. One left by a process that died is taken over after two minutes. */
async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      mkdirSync(lock)
      return
    } catch {
      const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
      if (made !== undefined && performance.timeOrigin + performance.now() - made > 120_000) rmdirSync(lock)
      await sleep(100)
    }
  }
}

/** Chinese glyphs come from the npm font package; nothing else needs to be installed. */
function writeFontConfig(): string {
  const fonts = join(dirname(require.resolve('@expo-google-fonts/noto-sans-sc/package.json')), '')
  mkdirSync(workFolder, { recursive: true })
  const path = join(workFolder, 'fonts.conf')
  const content = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}/400Regular</dir>
  <dir>${fonts}/600SemiBold</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${workFolder}/font-cache</cachedir>
</fontconfig>
`
  writeFileSync(`${path}.${process.pid}`, content)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
