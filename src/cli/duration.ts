import { Unusable } from './command.ts'

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `30m`, `12h` or `3d` in milliseconds. */
export function parseDuration(text: string): number {
  const [, amount = '', unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (unit !== 'm' && unit !== 'h' && unit !== 'd') throw new Unusable('A duration is a number with m, h or d, e.g. 3d.')
  return Number(amount) * units[unit]
}
