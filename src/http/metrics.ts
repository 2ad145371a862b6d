// GET /metrics in the text format of Prometheus (exposition format 0.0.4), for whoever holds the token of the installation. Without a token in
// the settings there is no such page. It says how this process and its queues fare: no address, no town, no case, no person.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Backlog } from '#kernel/work/backlog.ts'

/** Upper bounds in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']

/** Counts of one process, by method and class of the answer alone: an address could name a case. */
export class RequestCounts {
  readonly #answers = new Map<string, number>()
  readonly #buckets = bounds.map(() => 0)
  #count = 0
  #seconds = 0

  add(method: string, status: number, seconds: number): void {
    const labels = `method="${methods.includes(method) ? method : 'other'}",class="${Math.trunc(status / 100)}xx"`
    this.#answers.set(labels, (this.#answers.get(labels) ?? 0) + 1)
    this.#count++
    this.#seconds += seconds
    for (const [at, bound] of bounds.entries()) if (seconds <= bound) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1
  }

  lines(): string[] {
    const name = 'xiangli_http_request_duration_seconds'
    return [
      ...head('xiangli_http_requests_total', 'counter', 'Answers of this process.'),
      ...[...this.#answers].sort(([a], [b]) => a.localeCompare(b)).map(([labels, count]) => `xiangli_http_requests_total{${labels}} ${count}`),
      ...head(name, 'histogram', 'Time until an answer began.'),
      ...bounds.map((bound, at) => `${name}_bucket{le="${bound}"} ${this.#buckets[at] ?? 0}`),
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#seconds}`,
      `${name}_count ${this.#count}`,
    ]
  }
}

const head = (name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]

const gauge = (name: string, help: string, value: number): string[] => [...head(name, 'gauge', help), `${name} ${value}`]

/** Is this the token of the installation? Compared in equal time. */
export function isMetricsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}

export function metricsText(counts: RequestCounts, backlog: Backlog): string {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const queues = Object.entries(backlog)
  const each = (field: 'waiting' | 'failed' | 'oldestSeconds', name: string, help: string) => [
    ...head(name, 'gauge', help),
    ...queues.map(([queue, state]) => `${name}{queue="${queue}"} ${state[field]}`),
  ]
  return [
    ...gauge('process_uptime_seconds', 'How long this process runs.', process.uptime()),
    ...gauge('process_resident_memory_bytes', 'Memory in use.', rss),
    ...gauge('nodejs_heap_size_used_bytes', 'Heap in use.', heapUsed),
    ...head('process_cpu_seconds_total', 'counter', 'Processor time spent.'),
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ...counts.lines(),
    ...each('waiting', 'xiangli_queue_waiting', 'Rows that are due and wait, in all towns.'),
    ...each('oldestSeconds', 'xiangli_queue_oldest_seconds', 'How long the oldest of them has been due.'),
    ...each('failed', 'xiangli_queue_failed', 'Rows that were given up until somebody looks.'),
    '',
  ].join('\n')
}
