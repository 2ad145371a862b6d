/** Arguments or input that cannot be used at all: exit code 2. */
export class Unusable extends Error {}

export type Given = { positionals: string[]; options: Record<string, string | undefined>; flags: ReadonlySet<string> }

/**
 * A row of the command table. `positionals` and `options` are what `--help` shows and, with `run`, what is accepted;
 * a command with `raw` reads its arguments itself, as where their order matters.
 */
export type Command = {
  about: string
  positionals: string[]
  options: Record<string, { value?: string; about: string; required?: boolean }>
} & ({ run(given: Given): Promise<number> } | { raw(args: string[]): Promise<number> })

/** One JSON value on standard output. */
export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
