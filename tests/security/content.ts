// What a town’s content and people’s texts could make the machine do: queries, expressions, templates, XML.
import assert from 'node:assert/strict'
import { decide, openModel } from '#kernel/decisions/decisions.ts'
import { decision, dmn, input, literal } from '#kernel/decisions/dmn-fixture.ts'
import { compile } from '#kernel/engine/compile.ts'
import { inTenant } from '#kernel/database/database.ts'
import { sql } from 'kysely'
import { type Attack, attacks } from './attack.ts'
import { answerOf, expectNothing, here, password, type World } from './world.ts'

const injections = [
  "' or '1'='1",
  "'; drop table cases; --",
  '1) union select content from drafts --',
  '%" or true --',
  "\\'; select pg_sleep(5); --",
  '${7*7}',
  "' || (select wrapped from vault.case_keys limit 1) || '",
  '\u02bc or 1=1',
  "1; copy cases to '/tmp/x'",
  '$1',
  "''''",
]
const count = async (world: World) =>
  (
    await inTenant(world.town.ctx.db, 'qingxi', (trx) =>
      sql<{ n: number }>`select count(*)::int as n from cases where tenant_id = 'qingxi'`.execute(trx),
    )
  ).rows[0]?.n

const inPlaces: Record<string, (world: World, text: string) => Promise<{ status: number; text: string }>> = {
  'the search of an officer': (world, text) => world.people.stranger.browser.get(`${here}/workspace/cases?q=${encodeURIComponent(text)}`),
  'filters and pages of a list': (world, text) =>
    world.people.stranger.browser.get(
      `${here}/workspace/cases?${new URLSearchParams({ procedure: text, office: text, view: text, page: text, sort: text, place: text })}`,
    ),
  'filters of the inbox': (world, text) =>
    world.people.stranger.browser.get(`${here}/workspace?${new URLSearchParams({ view: text, procedure: text, place: text, page: text })}`),
  'a case number': (world, text) => world.mine.browser.get(`${here}/cases/${encodeURIComponent(text)}`),
  'a task id': (world, text) => world.people.stranger.browser.get(`${here}/workspace/tasks/${encodeURIComponent(text)}`),
  'a job id': (world, text) => world.people.stranger.browser.get(`${here}/workspace/jobs/${encodeURIComponent(text)}/files/1`),
  'a town': (world, text) => answerOf(world, `/t/${encodeURIComponent(text)}/track`),
  'a checking code': (world, text) => answerOf(world, `${here}/verify/${encodeURIComponent(text)}`),
  'the API’s search and cursor': (world, text) =>
    answerOf(world, `${here}/api/v1/tasks?${new URLSearchParams({ q: text, cursor: text })}`, {
      headers: { authorization: `Bearer ${world.people.stranger.token}` },
    }),
  'a bearer token': (world, text) => answerOf(world, `${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${encodeURIComponent(text)}` } }),
  'a receipt code': async (world, text) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    return visitor.post(`${here}/track`, { code: text, number: text })
  },
  'the address at sign-in': async (world, text) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-in`)
    return visitor.post(`${here}/sign-in`, { email: `${text}@qingxi.example`, password })
  },
  'the counter look-up': async (world, text) => {
    await world.people.stranger.browser.get(`${here}/workspace/counter`)
    return world.people.stranger.browser.post(`${here}/workspace/counter`, { name: text, tail: text })
  },
  'the consistency of the log': (world, text) => answerOf(world, `${here}/ledger/consistency?${new URLSearchParams({ old: text, new: text })}`),
}

const sqlAttacks: Attack[] = Object.entries(inPlaces).map(([place, send]) => ({
  kind: 'sql' as const,
  name: `eleven injections into ${place}`,
  run: async (world) => {
    const before = await count(world)
    for (const text of injections) {
      const begun = performance.now()
      expectNothing(await send(world, text), [200, 303, 400, 401, 403, 404, 422, 429])
      assert.ok(performance.now() - begun < 4500, 'nothing slept in the database')
    }
    assert.equal(await count(world), before)
  },
}))

const feelText = [
  '1 + 1',
  'true or true',
  '") or true or ("',
  'for i in 1..1000000 return i',
  'function() external {java: {class: "java.lang.Runtime"}}',
  '}{',
  '"',
  '\\u0022 + 1',
  'get value({a: 1}, "a")',
]
const model = (body: string) => openModel(dmn(body))
const feel: Attack[] = [
  ...feelText.map((text) => ({
    kind: 'feel' as const,
    name: `the text ${JSON.stringify(text)} stays a text`,
    run: () => {
      const asked = model(
        input('typed', 'string') + decision('same', literal('typed = "yes"'), ['typed']) + decision('back', literal('typed'), ['typed']),
      )
      assert.equal(decide(asked, 'same', { typed: text }).value, false)
      assert.equal(decide(asked, 'back', { typed: text }).value, text)
    },
  })),
  ...Object.entries({
    'a loop over a thousand million': 'count(for i in 1..1000000000 return i)',
    'loops in loops': 'count(for a in 1..9999, b in 1..9999, c in 1..9999 return a)',
    'a text that doubles itself': 'string length(for i in 1..200 return if i = 1 then "aa" else partial[-1] + partial[-1])',
    'a function that calls itself': '{f: function(n) f(n + 1), r: f(1)}.r',
    'every and some without end': 'some x in 1..999999999 satisfies x < 0',
    'ten thousand brackets': `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'a pattern that explodes': 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    'a replacement that explodes': 'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|a)*$", "b")',
    'a number of a million digits': '10 ** 1000000',
    'a list joined with itself': 'count(concatenate(1..99999999, 1..99999999))',
  }).map(([name, body]) => ({
    kind: 'feel' as const,
    name,
    run: () => {
      const begun = performance.now()
      try {
        const { value } = decide(model(decision('d', literal(body))), 'd', {})
        assert.ok(value === null || JSON.stringify(value).length < 10_000)
      } catch (error) {
        assert.match(String(error instanceof Error && 'code' in error ? error.code : error), /^decision\.(budget|unreadable|cycle)$/)
      }
      assert.ok(performance.now() - begun < 10_000, 'the budget ends it')
    },
  })),
  ...attacks('feel', {
    'a decision that requires itself': () =>
      assert.throws(() => decide(model(decision('a', literal('a'), ['!a'])), 'a', {}), { code: 'decision.cycle' }),
    'three decisions in a ring': () =>
      assert.throws(
        () => decide(model(decision('a', literal('b'), ['!b']) + decision('b', literal('c'), ['!c']) + decision('c', literal('a'), ['!a'])), 'a', {}),
        { code: 'decision.cycle' },
      ),
    'names of objects of the machine': () => {
      for (const name of ['constructor', '__proto__', 'toString', 'process', 'globalThis', 'require'])
        assert.equal(decide(model(decision('d', literal(name))), 'd', {}).value, null, name)
    },
  }),
]

const typstText = [
  '#read("/etc/passwd")',
  '#eval("1 + 1")',
  '#import "@preview/x:1.0.0": *',
  '#panic("x")',
  '#sys.inputs',
  '#{while true {}}',
  '$ x^2 $',
  '\\u{41} \\',
  ']#read("x")[',
  '"#read("x")"',
  '#include "/layout.typ"',
  '`#raw`',
  '@ref <label>',
  '/* comment',
  '#plugin("x.wasm")',
  '= 标题\n- 表',
]
const begin = '#import "/layout.typ": *\n#set text(font: song, fallback: false)\n'
const typst: Attack[] = [
  ...typstText.map((text) => ({
    kind: 'typst' as const,
    name: `the text ${JSON.stringify(text)} is printed as typed`,
    run: async (world: World) => {
      const { renderer } = world.installation.services
      const at = new Date('2026-03-02T00:00:00Z')
      const typed = await renderer.renderPages({ source: `${begin}#paras(data.x)`, data: { x: text }, at })
      // Letter by letter, so that the template holds nothing that the cage would refuse in a template.
      const letters = Array.from(text, (letter) => JSON.stringify(letter))
      const literally = await renderer.renderPages({ source: `${begin}#paras((${letters.join(', ')},).join())`, data: { x: '' }, at })
      assert.deepEqual(typed, literally)
    },
  })),
  ...Object.entries({
    'a template that reads a file of the machine': '#read("/etc/passwd")',
    'a template that reads outside its folder': '#read("../../../etc/passwd")',
    'a template that takes a package from the network': '#import "@preview/cetz:0.2.0": *',
    'a template that evaluates text': '#eval("1")',
    'a template with a plugin': '#plugin("x.wasm")',
    'a template that never ends': '#{ let i = 0\n while true { i += 1 } }',
    'a template that fills the memory': '#{ let s = "aaaaaaaa"\n for i in range(60) { s = s + s } }',
    'a template that calls itself': '#let f(x) = f(x + 1)\n#f(1)',
  }).map(([name, source]) => ({
    kind: 'typst' as const,
    name,
    run: async (world: World) => {
      const { renderer } = world.installation.services
      await assert.rejects(
        renderer.render({ source: begin + source, data: null, at: new Date('2026-03-02T00:00:00Z') }),
        (error: Error) => !/root:|\/home|\/tmp/.test(error.message),
      )
      assert.ok(
        (await renderer.render({ source: `${begin}ok`, data: null, at: new Date('2026-03-02T00:00:00Z') })).length > 0,
        'the next document is set',
      )
    },
  })),
]

const entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, index) => `<!ENTITY ${String.fromCharCode(98 + index)} "&${String.fromCharCode(97 + index)};&${String.fromCharCode(97 + index)};">`).join('')}]>`
const bpmn = (head: string, name: string) =>
  `<?xml version="1.0"?>${head}<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x"><bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s" name="${name}"/></bpmn:process></bpmn:definitions>`
const xml = attacks('xml', {
  'a diagram with an external entity': async () => assert.doesNotMatch(JSON.stringify(await compile(bpmn(entity, '&e;'))), /root:/),
  'a diagram with a parameter entity of another server': async () =>
    assert.doesNotMatch(JSON.stringify(await compile(bpmn('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>', 'a'))), /root:/),
  'a diagram with a billion laughs': async () => assert.doesNotMatch(JSON.stringify(await compile(bpmn(laughs, '&z;'))), /hahaha/),
  'a diagram nested 50,000 deep': async () =>
    assert.ok(
      (await compile(bpmn('', 'a').replace('<bpmn:startEvent', `${'<bpmn:subProcess>'.repeat(50_000)}<bpmn:startEvent`))).findings.length > 0,
    ),
  'a diagram that is no XML': async () => {
    for (const text of ['', '<', 'PK\u0003\u0004', '\0', '<a>'.repeat(100_000)])
      assert.ok((await compile(text)).findings.some((finding) => finding.severity === 'error'))
  },
  'a decision table with an external entity': () => {
    const text = dmn(decision('d', literal('"&e;"'))).replace(/^(<\?xml[^>]*\?>)?/, `$1${entity}`)
    try {
      assert.doesNotMatch(JSON.stringify(decide(openModel(text), 'd', {}).value), /root:/)
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'decision.unreadable')
    }
  },
  'a decision table nested 50,000 deep': () => assert.throws(() => openModel(dmn('<context>'.repeat(50_000))), { code: 'decision.unreadable' }),
})

export const contentAttacks: Attack[] = [...sqlAttacks, ...feel, ...typst, ...xml]
