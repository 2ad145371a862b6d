// xiangli procedure lint FOLDER: what the platform would say of a procedure package, without a database.
import { stat } from 'node:fs/promises'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { Unusable } from './command.ts'

/** Prints each finding as a JSON line. Exit code 1 if any is an error. */
export async function lintProcedure(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Unusable(`${folder} is not a folder.`)
  const { findings } = await loadPackage(await readPackageFolder(folder))
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`)
  return findings.some((finding) => finding.severity === 'error') ? 1 : 0
}
