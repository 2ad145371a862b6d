// Ten thousand comments on one decision, over the real pages: how long each page takes, and whether all are found, grouped and answered.
import { createApp } from '#app'
import { fileOpinion } from '#kernel/consultations/file-opinion.ts'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import { ensureAssets } from '#ui/build.ts'
import { playExample } from '../../src/demo/play-example.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { fileURLToPath } from 'node:url'
import { makeStaff, signInStaff } from '../support/staff.ts'
import type { TestTown } from '../support/town.ts'
import { Visitor } from '../support/visitor.ts'

const places = ['前街', '后街', '桥头', '学校门口', '菜场东侧', '卫生院旁']
const wishes = ['五点半开市', '六点开市', '多放垃圾桶', '留出消防通道', '收市后冲洗路面', '不要占用人行道', '设残疾人停车位']
const whys = ['老人起得早', '孩子要上学', '夏天气味大', '救护车要通过', '摊位费太高', '下雨路滑']

export type CommentFigures = { comments: number; filedPerSecond: number; pages: Record<string, { p50: number; p95: number; most: number }> }

/** Fills one consultation with `comments` opinions and measures `rounds` requests of each page, in milliseconds. */
export async function takeComments(town: TestTown, comments: number, rounds: number): Promise<{ figures: CommentFigures; findings: string[] }> {
  await ensureAssets()
  const { procedure } = await loadPackage(await readPackageFolder(fileURLToPath(new URL('../../procedures/major-decision/', import.meta.url))))
  const example = procedure?.examples.get('comment-cannot-be-cut-short')
  if (!example) throw new Error('the package lacks its example')
  const played = await playExample(town.ctx, town.clock, 'major-decision', { given: example.given, steps: example.steps.slice(0, 5) })
  const { number = '' } = (await consultationOfCase(town.ctx, played.caseId)) ?? {}
  const anyone = await town.ctxFor({ kind: 'anonymous' })
  const begun = performance.now()
  for (let index = 0; index < comments; index += 4)
    await Promise.all(
      [0, 1, 2, 3].map((more) =>
        fileOpinion(anyone, number, { words: wordsOf(index + more), ...((index + more) % 3 === 0 ? { paragraph: 2 } : {}) }),
      ),
    )
  const filedPerSecond = Math.round(comments / ((performance.now() - begun) / 1000))
  const app = createApp(town.installation)
  const officer = await signInStaff(app, town, await makeStaff(town, ['village-construction-handler'], '承办人'))
  const visitor = new Visitor(app)
  const desk = `/t/${town.tenant}/workspace/consultations/${number}`
  const open = `/t/${town.tenant}/consultations/${number}`
  const search = encodeURIComponent('消防通道')
  const findings: string[] = []
  const group = async (title: string, q: string) => {
    await officer.get(desk)
    const answer = await officer.post(desk, { act: 'found', title, 'f-q': q })
    if (answer.status !== 303) findings.push(`grouping ${title}: ${answer.status}`)
  }
  for (const wish of wishes) await group(wish, wish)
  const wanted: Record<string, () => Promise<{ status: number; text: string }>> = {
    draft: () => visitor.get(open),
    'opinions, first page': () => visitor.get(`${open}/opinions`),
    'opinions, last page': () => visitor.get(`${open}/opinions?page=${Math.ceil(comments / 50)}`),
    'opinions, search': () => visitor.get(`${open}/opinions?q=${search}`),
    'desk, first page': () => officer.get(desk),
    'desk, not answered, search': () => officer.get(`${desk}?standing=unanswered&q=${search}`),
    'desk, one paragraph, deep': () => officer.get(`${desk}?paragraph=2&page=60`),
  }
  const pages: CommentFigures['pages'] = {}
  for (const [name, get] of Object.entries(wanted)) {
    const times: number[] = []
    await get()
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      const { status, text } = await get()
      times.push(performance.now() - start)
      if (status !== 200) findings.push(`${name}: ${status}`)
      if (name.includes('search') && !text.includes('消防通道')) findings.push(`${name}: nothing found`)
    }
    times.sort((a, b) => a - b)
    const at = (share: number) => Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 10) / 10
    pages[name] = { p50: at(0.5), p95: at(0.95), most: at(1) }
    if (at(0.95) >= 100) findings.push(`${name}: p95 ${at(0.95)} ms`)
  }
  return { figures: { comments, filedPerSecond, pages }, findings }
}

const pick = (list: readonly string[], index: number) => list[index % list.length] ?? ''
const wordsOf = (index: number) =>
  `${pick(places, index)}的早市，建议${pick(wishes, Math.floor(index / places.length))}，因为${pick(whys, Math.floor(index / 7))}。第${index + 1}次说。`
