// xiangli procedure lint FOLDER, xiangli register lint FOLDER: what the platform would say of a definition, without a database.
import { stat } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { lintRegister as lint } from '#kernel/registers/load-register.ts'
import { type Command, Unusable } from './command.ts'

/** Prints each finding as a JSON line. Exit code 1 if any is an error. */
async function lintProcedure(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Unusable(`${folder} is not a folder.`)
  const { findings } = await loadPackage(await readPackageFolder(folder))
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
  return findings.some((finding) => finding.severity === 'error') ? 1 : 0
}

/** The same for a register's folder. */
async function lintRegister(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Unusable(`${folder} is not a folder.`)
  const findings = await lint(pathToFileURL(`${folder.replace(/\/+$/, '')}/`))
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
  return findings.some((finding) => finding.severity === 'error') ? 1 : 0
}

/** Checks of definitions that need no database. */
export const lintCommands: Record<string, Command> = {
  'procedure lint': {
    about: 'check a procedure package',
    positionals: ['FOLDER'],
    options: {},
    run: ({ positionals }) => lintProcedure(positionals[0] ?? ''),
  },
  'register lint': {
    about: 'check the definition of a register',
    positionals: ['FOLDER'],
    options: {},
    run: ({ positionals }) => lintRegister(positionals[0] ?? ''),
  },
}
