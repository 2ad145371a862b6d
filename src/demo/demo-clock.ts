// The demonstration's clock. It runs, shifted, and remembers by how much; while past cases are being made it stands.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock, type VirtualClock } from '#kernel/clock.ts'

/** `set` and `advance` move it; `hold` makes it stand at a time until `run` lets it go on from what it would be. */
export type DemoClock = VirtualClock & { hold(at: Date): void; run(): void }

/** Keeps its shift in DATA_DIR/demo-clock.json, so that a restart does not jump back. */
export function openDemoClock(dataDir: string, base: Clock = systemClock): DemoClock {
  const path = join(dataDir, 'demo-clock.json')
  let shift = readShift(path)
  let held: number | undefined
  const now = () => new Date(held ?? base.now().getTime() + shift)
  const move = (to: number) => {
    if (held !== undefined) {
      held = to
      return
    }
    shift = to - base.now().getTime()
    writeFileSync(`${path}.draft`, `${JSON.stringify({ shift })}\n`, { mode: 0o600 })
    renameSync(`${path}.draft`, path)
  }
  return {
    now,
    set: (to) => move(to.getTime()),
    advance: (milliseconds) => move(now().getTime() + milliseconds),
    hold: (at) => {
      held = at.getTime()
    },
    run: () => {
      held = undefined
    },
  }
}

function readShift(path: string): number {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null && 'shift' in value && typeof value.shift === 'number' ? value.shift : 0
  } catch {
    return 0
  }
}
