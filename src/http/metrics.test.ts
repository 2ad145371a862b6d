// What the page for monitoring says, to whom, and what it never says.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openCase } from '#kernel/cases/open-case.ts'
import { createApp } from '#app'
import { sampleFiling } from '#tests/support/filing.ts'
import { openTestTown } from '#tests/support/town.ts'
import { RequestCounts } from './metrics.ts'

const town = await openTestTown()
after(() => town.close())
const metricsToken = 'f3d1c2b4a5968778695a4b3c2d1e0f'
const withToken = () => createApp({ ...town.installation, config: { ...town.installation.config, metricsToken } })
const url = 'http://127.0.0.1:3000/metrics'
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('without a token in the settings there is no such page, and a wrong one opens nothing', async () => {
  assert.equal((await createApp(town.installation).request(url, bearer(metricsToken))).status, 404)
  const app = withToken()
  for (const init of [
    {},
    bearer(''),
    bearer('undefined'),
    bearer(metricsToken.slice(1)),
    bearer(`${metricsToken} x`),
    { headers: { authorization: `Basic ${metricsToken}` } },
  ]) {
    const answer = await app.request(url, init)
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/)
    assert.doesNotMatch(await answer.text(), /xiangli_/)
  }
})

test('it counts answers and queues by the exposition format, and names no town, case, address or person', async () => {
  const app = withToken()
  const { number } = await openCase(await town.ctxFor({ kind: 'anonymous' }), sampleFiling)
  await app.request(`http://127.0.0.1:3000/t/qingxi/cases/${number}`)
  await app.request('http://127.0.0.1:3000/healthz', { method: 'BREW' })
  const answer = await app.request(url, bearer(metricsToken))
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
  const text = await answer.text()
  const line = /^(# (HELP|TYPE) [a-z_:]+ .+|[a-z_:]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?[0-9.e+-]+)$/
  for (const each of text.trimEnd().split('\n')) assert.match(each, line)
  assert.ok(text.endsWith('\n'))
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((each) => each.startsWith(`${name} `))
        ?.split(' ')[1],
    )
  assert.equal(value('xiangli_http_requests_total{method="GET",class="4xx"}'), 1)
  assert.equal(value('xiangli_http_requests_total{method="other",class="4xx"}'), 1)
  assert.ok(value('xiangli_queue_waiting{queue="ledger"}') >= 1, 'what waits for the log is counted')
  for (const secret of [number, 'qingxi', sampleFiling.data.name, 'petition', '/cases']) assert.ok(!text.includes(secret), secret)
})

test('buckets hold what is no longer than their bound', () => {
  const counts = new RequestCounts()
  for (const seconds of [0.005, 0.03, 0.2, 9]) counts.add('GET', 200, seconds)
  const lines = counts.lines()
  for (const wanted of ['{le="0.005"} 1', '{le="0.05"} 2', '{le="0.25"} 3', '{le="5"} 3', '{le="+Inf"} 4'])
    assert.ok(lines.includes(`xiangli_http_request_duration_seconds_bucket${wanted}`), wanted)
})
