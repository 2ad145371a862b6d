// Public lists as JSON: what their pages show, at addresses that stay.
import { listConsultations } from '#kernel/consultations/read.ts'
import { notFound } from '#kernel/errors.ts'
import { requestReport } from '#kernel/open-information/open-information.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { yearFigures } from '#kernel/publication/figures.ts'
import { listPromises } from '#kernel/publication/promises.ts'
import { countStandings } from '#kernel/publication/standing-counts.ts'
import { yearReport } from '#kernel/publication/year-report.ts'
import { listEntries } from '#kernel/registers/list-entries.ts'
import { today } from '#kernel/towns/towns.ts'
import { type Ballot, getBallot, listBallots } from '#kernel/votes/votes.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { jsonAnswer } from './open-data.ts'
import { villagesData } from './villages-page.tsx'
import { registersData } from './registers-page.tsx'
import { findListed } from './requests-list.ts'

const lists: Record<string, (visit: Visit, context: HttpContext) => Promise<object> | object> = {
  opening: ({ town }) => ({ organizations: [...town.organizations.values()] }),
  reception: async ({ ctx }) => ({ days: (await listEntries<{ on: string }>(ctx, 'reception-days')).filter(({ on }) => on >= today(ctx)) }),
  promises: async ({ ctx }) => ({ promises: await listPromises(ctx, { limit: 1000, offset: 0 }) }),
  figures: async (visit, context) => ({ year: yearOf(visit, context), ...(await yearFigures(visit.ctx, yearOf(visit, context))) }),
  requests: async (visit, context) => {
    const { procedures } = await findListed(visit)
    const slugs = procedures.map(({ slug }) => slug)
    return { year: yearOf(visit, context), ...(await countStandings(visit.ctx, slugs, yearOf(visit, context))) }
  },
  report: async (visit, context) => ({ year: yearOf(visit, context), ...(await requestReport(visit.ctx, yearOf(visit, context))) }),
  votes: async (visit) => ({ votes: (await listBallots(visit.ctx)).map((ballot) => toVote(visit, ballot)) }),
  villages: villagesData,
  registers: registersData,
  consultations: async (visit) => ({
    consultations: (await listConsultations(visit.ctx)).map((one) => ({
      number: one.number,
      url: addressOf(visit, `/consultations/${one.number}`),
      title: one.title,
      organization: one.organization_id,
      opensOn: one.opens_on,
      closesOn: one.closes_on,
      closedAt: one.closed_at?.toISOString() ?? null,
      answeredAt: one.answered_at?.toISOString() ?? null,
      opinions: one.last_number,
    })),
  }),
}

/** `GET /data/:file` */
export async function publicList(visit: Visit, context: HttpContext): Promise<Response> {
  const name = (context.req.param('file') ?? '').replace(/\.json$/, '')
  const read = Object.hasOwn(lists, name) ? lists[name] : undefined
  if (!read) throw notFound('data.not_found', 'There is no such list.')
  return jsonAnswer(await read(visit, context))
}

/** `GET /votes/:id/data.json` */
export async function voteJson(visit: Visit, context: HttpContext): Promise<Response> {
  return jsonAnswer(toVote(visit, await getBallot(visit.ctx, context.req.param('id') ?? '')))
}

/** Sums, once it is over; nothing before, and nothing of who took part. */
const toVote = (visit: Visit, ballot: Ballot) => ({
  id: ballot.ballot_id,
  url: addressOf(visit, `/votes/${ballot.ballot_id}`),
  question: ballot.question,
  options: ballot.options,
  choose: ballot.choose,
  opensOn: ballot.opens_on,
  closesOn: ballot.closes_on,
  status: ballot.status,
  voters: ballot.result?.voters ?? null,
  votes: ballot.result?.votes ?? null,
})

/** `GET /figures/:slug/data.json?year=` */
export async function yearReportJson(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await getProcedure(visit.ctx, context.req.param('slug') ?? '')
  const year = yearOf(visit, context)
  return jsonAnswer({ procedure: procedure.slug, year, ...(await yearReport(visit.ctx, procedure, year)) })
}

function yearOf(visit: Visit, context: HttpContext): number {
  const thisYear = Number(today(visit.ctx).slice(0, 4))
  const asked = Number(context.req.query('year') ?? thisYear)
  return Number.isInteger(asked) && asked > 2000 && asked <= thisYear ? asked : thisYear
}

const addressOf = (visit: Visit, path: string) => `${visit.ctx.services.baseUrl}${visit.base}${path}`
