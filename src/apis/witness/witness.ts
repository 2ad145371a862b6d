// The witness over HTTP (C2SP tlog-witness): submission prefix and monitoring prefix are both `/witness`. Open to everyone.
import { Hono } from 'hono'
import type { Context } from 'hono'
import { statusOf, toProblem } from '#http/status.ts'
import { DomainError } from '#kernel/errors.ts'
import { logError } from '#kernel/log.ts'
import { longestRequest } from '#kernel/witness/request.ts'
import { addCheckpoint, latestCosigned, listEvidence, listWitnessed, type Witness } from '#kernel/witness/witness.ts'

const text = 'text/plain; charset=utf-8'

/** Routes below `/witness`. */
export function witnessRoutes(witness: Witness): Hono {
  const app = new Hono()
  app.post('/add-checkpoint', async (context) => {
    const body = await readBody(context)
    if (!body) return context.body('The request is too long.\n', 413, { 'content-type': text })
    const answer = await addCheckpoint(witness, body)
    // An exact type: Hono would add a character set to text.
    const type = answer.isSize ? 'text/x.tlog.size' : text
    return new Response(answer.body, { status: answer.status, headers: { 'content-type': type, 'cache-control': 'no-store' } })
  })
  app.on(
    ['GET', 'PUT', 'DELETE', 'PATCH'],
    '/add-checkpoint',
    () => new Response('Submit a checkpoint with POST.\n', { status: 405, headers: { allow: 'POST', 'content-type': text } }),
  )
  app.get('/vkey', (context) => context.body(`${witness.vkey}\n`, 200, { 'content-type': text }))
  app.get('/logs', async (context) => context.json(await listWitnessed(witness), 200, { 'cache-control': 'no-store' }))
  app.get('/evidence', async (context) => context.json(await listEvidence(witness), 200, { 'cache-control': 'no-store' }))
  app.get('/:hash/checkpoint', async (context) =>
    context.body(await latestCosigned(witness, context.req.param('hash')), 200, { 'content-type': text, 'cache-control': 'public, max-age=2' }),
  )
  app.onError((error) => {
    const status = statusOf(error)
    if (status === 500 || (error instanceof DomainError && error.kind === 'unavailable')) logError('witness', error)
    return new Response(`${toProblem(error).detail}\n`, { status, headers: { 'content-type': text, 'cache-control': 'no-store' } })
  })
  return app
}

/** Undefined when it is longer than any request: what was announced too long is not read at all. */
async function readBody(context: Context): Promise<Uint8Array | undefined> {
  if (Number(context.req.header('content-length') ?? 0) > longestRequest) return undefined
  const bytes = new Uint8Array(await context.req.arrayBuffer())
  return bytes.length > longestRequest ? undefined : bytes
}
