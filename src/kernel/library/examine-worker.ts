// The other end of examine.ts: one examination after another, in a thread that its owner may kill at any moment.
import { parentPort } from 'node:worker_threads'
import { examine, type ExamineJob } from './examine-job.ts'

parentPort?.on('message', (job: ExamineJob) => {
  examine(job).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  )
})
