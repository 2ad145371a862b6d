// One piece of background work, again and again. An error in it is logged and waited out; it never ends the loop.
import { logError } from '../log.ts'

/**
 * Milliseconds to wait after a round that found something, one that found nothing, and at most when rounds stay idle or fail.
 * `least` passes from the begin of a round to the begin of the next even when woken, and a tenth of it between them: what comes
 * meanwhile is done in one.
 */
export type Pace = { busy: number; idle: number; most: number; least?: number }
export type Loop = { wake(): void; stop(): Promise<void> }

/** `work` says whether it found something to do. `stop` waits for the round in hand. */
export function startLoop(name: string, tenant: string, pace: Pace, work: () => Promise<boolean>): Loop {
  let stopped = false
  let woken = false
  let resting = false
  let wait = pace.idle
  let interrupt: () => void = () => {}
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      interrupt = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (!stopped) {
      woken = false
      const begun = performance.now()
      try {
        wait = (await work()) ? pace.busy : Math.min(Math.max(wait * 2, pace.idle), pace.most)
      } catch (error) {
        wait = Math.min(Math.max(wait * 2, 1000), 60_000)
        logError('work', error, { work: name, tenant })
      }
      if (!stopped && pace.least) {
        resting = true
        await pause(Math.max(pace.least / 10, pace.least - (performance.now() - begun)))
        resting = false
      }
      // What was queued while the round ran may have been too late for it.
      if (!stopped && !woken) await pause(wait)
    }
  }
  const running = run()
  return {
    wake() {
      woken = true
      wait = pace.idle
      if (!resting) interrupt()
    },
    stop() {
      stopped = true
      interrupt()
      return running
    },
  }
}
