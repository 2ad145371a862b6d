// Every kind of background job and what runs it.
import { recomputeProvisional } from '../cases/watch.ts'
import { migrationKind, runMigration } from '../library/migration.ts'
import { bindCaseFiles, caseFilesKind } from './case-files.ts'
import type { JobHandlers } from './jobs.ts'

/** Limits that ran into a year without a holiday notice, computed anew (T13). Result: `{ changed }`, in cases. */
export const recomputeKind = 'recompute-provisional'

export const jobHandlers: JobHandlers = {
  [recomputeKind]: async (ctx, _job, report) => ({ changed: await recomputeProvisional(ctx, (done, total) => report({ done, total })) }),
  [caseFilesKind]: bindCaseFiles,
  [migrationKind]: runMigration,
}
