// One case for those who may see it: the state, its papers, its proof, and what is written to it.
import { sendCaseMessage, writeMessage } from '#kernel/cases/act.ts'
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { type CaseView, viewCase } from '#kernel/cases/view.ts'
import { readDocument } from '#kernel/documents/read-document.ts'
import { exampleCase, exampleDocument, exampleReceipt, exampleState } from './examples.ts'
import { defineOperation, underData } from './operation.ts'
import { caseDetail, caseState, documentList, ledgerReceipt } from './answers.ts'
import { commonQuery, messageBody } from './requests.ts'

export const viewOperation = defineOperation({
  id: 'getCase',
  tag: 'cases',
  method: 'get',
  path: '/cases/:number',
  summary: 'A case as you may see it',
  credentials: 'case',
  query: commonQuery,
  answers: { 200: { description: 'The case.', schema: caseDetail, example: exampleCase } },
  refusals: [400, 401, 404, 429],
  handle: async ({ ctx, visit, path, language }) => {
    const view = await viewCase(ctx, { number: path('number') }, language, 'api')
    return { status: 200, body: toCase(view, visit.base) }
  },
})

export const messageOperation = defineOperation({
  id: 'sendMessage',
  tag: 'cases',
  method: 'post',
  path: '/cases/:number/messages',
  summary: 'Write to the office, or act in the case (withdraw, appeal …)',
  credentials: 'case',
  query: commonQuery,
  body: {
    schema: messageBody,
    examples: {
      text: { text: '昨晚又有一盏不亮。' },
      appeal: { name: 'appeal', data: { reasons: '第二盏灯没有修。', claim: '请一并修好。' } },
    },
  },
  answers: { 200: { description: 'Stored. The case as it stands now.', schema: caseState, example: exampleState } },
  refusals: [400, 401, 403, 404, 409, 413, 415, 422, 429],
  handle: async ({ ctx, path, body, language }) => {
    const by = { number: path('number') }
    if ('text' in body) await writeMessage(ctx, by, body.text)
    else await underData(() => sendCaseMessage(ctx, by, body.name, body.data, language))
    return { status: 200, body: toState(await viewCase(ctx, by, language, 'api')) }
  },
})

export const documentsOperation = defineOperation({
  id: 'listDocuments',
  tag: 'documents',
  method: 'get',
  path: '/cases/:number/documents',
  summary: 'Official documents of a case',
  credentials: 'case',
  query: commonQuery,
  answers: { 200: { description: 'Documents, oldest first.', schema: documentList, example: { documents: [exampleDocument] } } },
  refusals: [400, 401, 404, 429],
  handle: async ({ ctx, visit, path, language }) => {
    const view = await viewCase(ctx, { number: path('number') }, language, 'api')
    return { status: 200, body: { documents: toDocuments(view, visit.base) } }
  },
})

export const documentOperation = defineOperation({
  id: 'getDocument',
  tag: 'documents',
  method: 'get',
  path: '/cases/:number/documents/:document',
  summary: 'A document as PDF',
  credentials: 'case',
  query: commonQuery,
  answers: {
    200: {
      description: 'The PDF as it was issued; one that was corrected or withdrawn carries the mark of it.',
      contentType: 'application/pdf',
      headers: { 'Content-Disposition': 'Number of the document as the name of the file.' },
    },
  },
  refusals: [400, 401, 404, 429],
  handle: async ({ ctx, path }) => {
    const { document, pdf } = await readDocument(ctx, { number: path('number') }, path('document'), 'api')
    return new Response(new Uint8Array(pdf), {
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(document.number)}.pdf`,
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-store',
      },
    })
  },
})

export const receiptOperation = defineOperation({
  id: 'getReceipt',
  tag: 'cases',
  method: 'get',
  path: '/cases/:number/receipt',
  summary: 'The receipt file: what was filed, as the public log holds it',
  credentials: 'case',
  query: commonQuery,
  answers: {
    200: { description: 'With the proof that the entry is in the log.', schema: ledgerReceipt, example: exampleReceipt },
    202: {
      description: 'The entry is queued: the promise says until when it will be in the log. Ask again.',
      schema: ledgerReceipt,
      example: { ...exampleReceipt, proof: undefined },
      headers: { 'Retry-After': 'Seconds.' },
    },
  },
  refusals: [400, 401, 404, 429],
  handle: async ({ ctx, path }) => {
    const receipt = await readLedgerReceipt(ctx, { number: path('number') })
    return receipt.proof === undefined ? { status: 202, body: receipt, headers: { 'retry-after': '2' } } : { status: 200, body: receipt }
  },
})

/** The part of a case that every act answers with. */
export function toState(view: CaseView) {
  const { number, status, standing, acts } = view
  return { number, status, standing, acts, outcome: view.outcome === null ? null : { id: view.outcome, text: view.outcomeText } }
}

export const toTasks = (view: CaseView) => view.tasks.map(({ taskId, ...task }) => ({ id: taskId, ...task }))

const toDocuments = (view: CaseView, base: string) =>
  view.documents.map((document) => ({ ...document, url: `${base}/api/v1/cases/${view.number}/documents/${document.id}` }))

/** Everything the schema names; it leaves out the rest. */
function toCase(view: CaseView, base: string) {
  return {
    ...view,
    ...toState(view),
    filedAt: new Date(view.filedAt).toISOString(),
    documents: toDocuments(view, base),
    timeline: view.timeline.map((entry) => ({ ...entry, recordedAt: entry.recordedAt.toISOString() })),
    messages: view.messages.map((message) => ({ ...message, at: message.at.toISOString() })),
    tasks: toTasks(view),
  }
}
