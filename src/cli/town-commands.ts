// Founding a real town: its tenant, calendar and library of procedures, and an invitation for the person who sets up the rest.
// There is no password to begin with: the link of the invitation is the only way in.
import * as z from 'zod'
import { appoint } from '#kernel/access/posts.ts'
import { systemActor } from '#kernel/context.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { changeSettings, createTenant, listTenants, recordHolidays } from '#kernel/towns/create-town.ts'
import { forgetTown, today } from '#kernel/towns/towns.ts'
import seed from '../../registers/holidays/entries.json' with { type: 'json' }
import { publishLibrary } from '../demo/found-town.ts'

const id = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'An id has lower-case letters, digits and hyphens.')
const name = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(120) })
const text = z.string().max(200)

/** `--registers FILE`: what a town has, as the registers keep it. */
const registersShape = z.strictObject({
  organizations: z
    .array(
      z.strictObject({
        id,
        kind: z.enum(['own', 'village', 'superior', 'outside']),
        parent: id.optional(),
        name,
        seal: text.optional(),
        address: text.optional(),
        phone: text.optional(),
        hours: text.optional(),
      }),
    )
    .default([]),
  posts: z
    .array(
      z.strictObject({
        id,
        duty: id,
        organization: id,
        title: name,
        reportsTo: id.optional(),
        clears: z.array(text).optional(),
        jurisdiction: z.array(text).optional(),
      }),
    )
    .default([]),
  villages: z.array(z.strictObject({ id, name })).default([]),
})
type Registers = z.output<typeof registersShape>

export const townInput = z.strictObject({
  tenant: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'A short name has lower-case letters, digits and hyphens, such as shiqiao.'),
  name: z.string().min(1).max(60),
  nameEn: z.string().min(1).max(120).optional(),
  zone: z.string().refine(isZone, 'Not a time zone: write it like Asia/Shanghai.'),
  adminEmail: z.string(),
  adminName: z.string().min(1).max(100),
  registers: z.string().optional(),
})

/** The duty that may appoint and invite others (src/web/workspace/people.tsx). */
const adminDuty = 'it-admin'

/**
 * Founds the town and invites its first IT person. Run again for the same town it goes on where it was interrupted, and ends
 * the earlier invitation. @throws `town.exists` when somebody works there already, `town.registers`.
 */
export async function createTown(installation: Installation, input: z.output<typeof townInput>): Promise<unknown> {
  const { tenant, zone } = input
  const registers = readRegisters(input.registers)
  const known = (await listTenants(installation.database.db)).find((town) => town.tenant_id === tenant)
  if (known && (await installation.identityOf(tenant).listUsers('staff')).some((user) => user.hasPassword))
    throw conflict('town.exists', `The town ${tenant} is founded and in use already.`)
  const names = { zh: input.name, en: input.nameEn ?? input.name }
  if (!known) await createTenant(installation.database, { tenant, name: names, zone, demo: false, at: installation.clock.now() })
  const ctx = await installation.ctxFor(tenant, systemActor('command-line'))
  const { organizations, posts, villages } = withAdmin(registers, names)
  const reason = '建镇'
  await recordHolidays(ctx, seed, reason)
  for (const [register, entries] of Object.entries({ organizations, posts, villages })) {
    const rows = entries.map(({ id: entry, ...data }) => ({ id: entry, data }))
    if (rows.length > 0) await recordEntries(ctx, register, rows, reason)
  }
  forgetTown(ctx)
  await publishLibrary(ctx)
  const { userId, link, expiresAt } = await installation
    .identityOf(tenant)
    .inviteStaff({ email: input.adminEmail, name: input.adminName, language: 'zh' })
  const post = posts.find((row) => row.duty === adminDuty)?.id ?? adminDuty
  await appoint(ctx, { postId: post, userId, from: today(ctx) })
  const url = `${installation.services.baseUrl}/t/${tenant}`
  return {
    tenant,
    url,
    organizations: organizations.length,
    posts: posts.length,
    villages: villages.length,
    admin: { userId, post, link, expiresAt },
  }
}

/** `always`: every anonymous form asks for proof that no machine sends it. `adaptive`: only while too much comes in. */
export async function setProof(installation: Installation, input: { tenant: string; proof: 'always' | 'adaptive' }): Promise<unknown> {
  const ctx = await installation.ctxFor(input.tenant, systemActor('command-line'))
  await changeSettings(installation.database, input.tenant, { proof: input.proof })
  forgetTown(ctx)
  return { tenant: input.tenant, proof: input.proof }
}

function readRegisters(json: string | undefined): Registers {
  let value: unknown = {}
  try {
    if (json !== undefined) value = JSON.parse(json)
  } catch {
    throw invalid('town.registers', 'The file of --registers is not JSON.')
  }
  const read = registersShape.safeParse(value)
  if (!read.success) throw invalid('town.registers', z.prettifyError(read.error))
  return checkedReferences(read.data)
}

function checkedReferences(registers: Registers): Registers {
  const bodies = new Set(['town', ...registers.organizations.map((body) => body.id)])
  const posts = new Set(registers.posts.map((post) => post.id))
  const wrong = [
    ...registers.organizations.flatMap((body) => (body.parent === undefined || bodies.has(body.parent) ? [] : [`organization ${body.id}: parent`])),
    ...registers.posts.flatMap((post) => (bodies.has(post.organization) ? [] : [`post ${post.id}: organization`])),
    ...registers.posts.flatMap((post) => (post.reportsTo === undefined || posts.has(post.reportsTo) ? [] : [`post ${post.id}: reportsTo`])),
  ]
  if (wrong.length > 0) throw invalid('town.registers', `These name something that is not in the file: ${wrong.join('; ')}.`)
  return registers
}

/** A town has a government and a post that sets up the rest, whether the file names them or not. */
function withAdmin({ organizations, posts, villages }: Registers, town: { zh: string; en: string }): Registers {
  const hasTown = organizations.some((body) => body.id === 'town')
  const government = { id: 'town', kind: 'own' as const, name: { zh: `${town.zh}人民政府`, en: `People’s Government of ${town.en}` } }
  const admin = { id: adminDuty, duty: adminDuty, organization: 'town', title: { zh: '信息管理员', en: 'IT administrator' } }
  return {
    organizations: hasTown ? organizations : [government, ...organizations],
    posts: posts.some((post) => post.duty === adminDuty) ? posts : [...posts, admin],
    villages,
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone.includes('/')
  } catch {
    return false
  }
}
