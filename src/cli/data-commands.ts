// Commands that need the database: run in this process, or in the one that holds it (admin-server.ts). Input and result are JSON.
import * as z from 'zod'
import { exportCase } from '#kernel/cases/export-case.ts'
import { recomputeProvisional } from '#kernel/cases/watch.ts'
import { systemClock, type VirtualClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { writeBackup } from '#kernel/backup/backup.ts'
import { parseNoticeFile } from '#kernel/deadlines/notices.ts'
import { forbidden, invalid, notFound } from '#kernel/errors.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '#kernel/access/api-keys.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { eraseCase } from '#kernel/ledger/erase-case.ts'
import { auditTown } from '#kernel/ledger/office-audit.ts'
import { listDisposals, proposeDisposals, runDisposals } from '#kernel/retention/disposals.ts'
import { openLogReader, publishedPolicy } from '#kernel/ledger/reads.ts'
import { dropOldKeys, rotateKeys } from '#kernel/ledger/rotate.ts'
import { askWitnesses, setPolicy } from '#kernel/ledger/witnesses.ts'
import { addLog, listEvidence, listWitnessed, removeLog } from '#kernel/witness/witness.ts'
import { fillReturn, listReturns } from '#kernel/returns/returns.ts'
import { toWorkbook } from '#kernel/returns/returns-xlsx.ts'
import { recordHolidays } from '#kernel/towns/create-town.ts'
import { exportProcedure, importProcedure } from './procedure-data.ts'
import { getLayout } from '#kernel/upstream/layouts.ts'
import { importOrders, previewOrders } from '#kernel/upstream/orders.ts'
import { readOrders } from '#kernel/upstream/read-orders.ts'
import { appoint } from '#kernel/access/posts.ts'
import { getTown, today } from '#kernel/towns/towns.ts'
import { createTown, setProof, townInput } from './town-commands.ts'

/** `clock` is there in a demonstration only. */
export type Data = { installation: Installation; clock: VirtualClock | undefined }

type Command = (data: Data, input: unknown) => Promise<unknown>

const tenant = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/)

/** A command whose input is read by its schema. */
const command =
  <Schema extends z.ZodType>(schema: Schema, run: (data: Data, input: z.output<Schema>) => Promise<unknown>): Command =>
  (data, input) => {
    const read = schema.safeParse(input)
    if (!read.success) throw invalid('command.input', z.prettifyError(read.error))
    return run(data, read.data)
  }

const commands: Record<string, Command> = {
  'user-create': command(
    z.object({
      tenant,
      email: z.string(),
      name: z.string(),
      kind: z.enum(['staff', 'resident']),
      password: z.string().optional(),
      post: z.string().optional(),
    }),
    createUser,
  ),
  'town-create': command(townInput, ({ installation }, input) => createTown(installation, input)),
  'town-proof': command(z.object({ tenant, proof: z.enum(['always', 'adaptive']) }), ({ installation }, input) => setProof(installation, input)),
  'token-create': command(z.object({ tenant, user: z.string(), name: z.string(), days: z.number().int().positive().optional() }), createApiToken),
  'api-key-create': command(z.object({ tenant, name: z.string() }), async ({ installation }, input) =>
    createApiKey(await installation.ctxFor(input.tenant, systemActor('command-line')), input),
  ),
  'api-key-list': command(z.object({ tenant }), async ({ installation }, input) =>
    listApiKeys(await installation.ctxFor(input.tenant, systemActor('command-line'))),
  ),
  'api-key-revoke': command(z.object({ tenant, key: z.string() }), async ({ installation }, input) => {
    await revokeApiKey(await installation.ctxFor(input.tenant, systemActor('command-line')), input.key)
    return { revoked: input.key }
  }),
  'calendar-import': command(z.object({ tenant, text: z.string() }), importCalendar),
  'case-export': command(z.object({ tenant, number: z.string() }), async ({ installation }, input) =>
    exportCase(await installation.ctxFor(input.tenant, systemActor('export')), input.number),
  ),
  'returns-list': command(z.object({ tenant }), async ({ installation }, input) =>
    listReturns(await installation.ctxFor(input.tenant, systemActor('command-line'))),
  ),
  'returns-write': command(
    z.object({ tenant, id: z.string(), period: z.string(), language: z.enum(['zh', 'en']) }),
    async ({ installation }, { id, period, language, ...input }) => {
      const filled = await fillReturn(await installation.ctxFor(input.tenant, systemActor('command-line')), id, period)
      return { name: `${id}-${period}.xlsx`, base64: (await toWorkbook(filled, language)).toString('base64') }
    },
  ),
  'ledger-audit': command(z.object({ tenant }), async ({ installation }, input) =>
    auditTown(await installation.ctxFor(input.tenant, systemActor('audit')), await installation.logOf(input.tenant)),
  ),
  'ledger-erase': command(z.object({ tenant, number: z.string(), basis: z.string() }), async ({ installation }, input) =>
    eraseCase(await installation.ctxFor(input.tenant, systemActor('erase')), await installation.logOf(input.tenant), input),
  ),
  'upstream-import': command(
    z.object({ tenant, procedure: z.string(), layout: z.string(), file: z.string(), content: z.base64(), dryRun: z.boolean() }),
    importUpstream,
  ),
  'disposal-list': command(z.object({ tenant }), async ({ installation }, input) => {
    const ctx = await installation.ctxFor(input.tenant, systemActor('disposal'))
    await proposeDisposals(ctx)
    return listDisposals(ctx)
  }),
  'disposal-run': command(z.object({ tenant }), async ({ installation }, input) =>
    runDisposals(await installation.ctxFor(input.tenant, systemActor('disposal')), await installation.logOf(input.tenant)),
  ),
  'procedure-import': command(
    z.object({ tenant, files: z.record(z.string(), z.string()), publish: z.string().min(1).max(500).optional() }),
    ({ installation }, input) => importProcedure(installation, input),
  ),
  'procedure-export': command(z.object({ tenant, slug: z.string(), version: z.string().optional() }), ({ installation }, input) =>
    exportProcedure(installation, input),
  ),
  'ledger-rotate': command(z.object({ tenant, drop: z.boolean() }), async ({ installation }, input) => {
    const { db } = await installation.ctxFor(input.tenant, systemActor('rotate'))
    const signer = await installation.logOf(input.tenant)
    return input.drop ? dropOldKeys(db, signer, installation.clock) : rotateKeys(db, signer, installation.clock)
  }),
  'ledger-policy-set': command(z.object({ tenant, text: z.string() }), async ({ installation }, input) => {
    const { db } = await installation.ctxFor(input.tenant, systemActor('policy'))
    const signer = await installation.logOf(input.tenant)
    const set = await setPolicy(db, signer, input.text, systemClock.now())
    return { ...set, cosigned: await askWitnesses({ db, signer, clock: systemClock, call: installation.callOut, cache: new Map() }) }
  }),
  'ledger-policy-show': command(z.object({ tenant }), async ({ installation }, input) =>
    publishedPolicy(openLogReader((await installation.ctxFor(input.tenant, systemActor('policy'))).db, input.tenant)),
  ),
  'witness-add': command(z.object({ vkey: z.string(), origin: z.string().optional() }), ({ installation }, input) =>
    addLog(installation.witness, input.vkey, input.origin),
  ),
  'witness-remove': command(z.object({ log: z.string() }), ({ installation }, input) => removeLog(installation.witness, input.log)),
  'witness-list': command(z.object({}), async ({ installation: { witness } }) => ({
    vkey: witness.vkey,
    logs: await listWitnessed(witness),
    evidence: await listEvidence(witness),
  })),
  backup: command(z.object({ file: z.string().startsWith('/') }), ({ installation }, input) =>
    writeBackup(installation.database, { file: input.file, dataDir: installation.config.dataDir, at: installation.clock.now() }),
  ),
  'clock-set': command(z.object({ to: z.iso.datetime({ offset: true }) }), (data, input) =>
    moveClock(data, (clock) => clock.set(new Date(input.to))),
  ),
  'clock-advance': command(z.object({ milliseconds: z.number().int().positive() }), (data, input) =>
    moveClock(data, (clock) => clock.advance(input.milliseconds)),
  ),
}

/** @throws `command.unknown`, `command.input`, and what the command itself refuses. */
export async function runData(data: Data, name: string, input: unknown): Promise<unknown> {
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!run) throw notFound('command.unknown', 'The running process does not know this command: is it of the same version?')
  return run(data, input)
}

type NewUser = { tenant: string; email: string; name: string; kind: 'staff' | 'resident'; password?: string | undefined; post?: string | undefined }

/** With a password the account works at once; staff without one are mailed an invitation, whose link is shown too. */
async function createUser({ installation }: Data, { tenant: town, password, post, ...person }: NewUser): Promise<unknown> {
  const ctx = await installation.ctxFor(town, systemActor('command-line'))
  if (post !== undefined && !(await getTown(ctx)).posts.has(post)) throw invalid('user.post', `There is no post “${post}” in this town.`)
  const identity = installation.identityOf(town)
  if (password === undefined && person.kind === 'resident')
    throw invalid('user.password', 'Residents register themselves; give --password for an exception.')
  const made = password === undefined ? await identity.inviteStaff(person) : await identity.createUser({ ...person, password })
  if (post !== undefined) await appoint(ctx, { postId: post, userId: made.userId, from: today(ctx) })
  return { userId: made.userId, ...('link' in made ? { link: made.link } : {}), ...(post === undefined ? {} : { post }) }
}

/** `user` is an e-mail address or an account's id. */
async function createApiToken(
  { installation }: Data,
  input: { tenant: string; user: string; name: string; days?: number | undefined },
): Promise<unknown> {
  const ctx = await installation.ctxFor(input.tenant, systemActor('command-line'))
  const identity = installation.identityOf(input.tenant)
  const users = [...(await identity.listUsers('staff')), ...(await identity.listUsers('resident'))]
  const wanted = input.user.toLowerCase()
  const user = users.find((known) => known.userId === input.user || known.email === wanted)
  if (!user) throw notFound('user.not_found', 'There is no such account in this town.')
  const now = ctx.clock.now()
  const expiresAt = input.days === undefined ? undefined : new Date(now.getTime() + input.days * 86_400_000)
  return createToken(ctx.db, ctx.tenant, { userId: user.userId, name: input.name, expiresAt }, now)
}

type OrdersInput = { tenant: string; procedure: string; layout: string; file: string; content: string; dryRun: boolean }

async function importUpstream({ installation }: Data, input: OrdersInput): Promise<unknown> {
  const ctx = await installation.ctxFor(input.tenant, systemActor('command-line'))
  const orders = await readOrders({ name: input.file, bytes: Buffer.from(input.content, 'base64') })
  const given = { procedure: input.procedure, layout: await getLayout(ctx, input.layout), orders, language: 'zh' as const }
  return input.dryRun ? previewOrders(ctx, given) : importOrders(ctx, given)
}

async function importCalendar({ installation }: Data, input: { tenant: string; text: string }): Promise<unknown> {
  const ctx = await installation.ctxFor(input.tenant, systemActor('calendar'))
  await recordHolidays(ctx, parseNoticeFile(input.text), '命令行导入')
  return { recomputed: await recomputeProvisional(ctx) }
}

async function moveClock({ installation, clock }: Data, move: (clock: VirtualClock) => void): Promise<unknown> {
  if (!clock || !installation.config.demo) throw forbidden('clock.real', 'Only a demonstration has a clock that can be moved.')
  const before = clock.now()
  move(clock)
  return { before: before.toISOString(), now: clock.now().toISOString() }
}
