// What the rehearsal in one process or browser can play truly; the rest only the whole kernel can (xiangli procedure test).
import type { Example } from '../procedures/worked-examples.ts'
import type { Package } from '../procedures/load-package.ts'

/** Actions that only change papers, offices and linked cases: the rehearsal does or may pass over them. */
const plain = new Set(['issue-document@1', 'route-case@1', 'notify@1', 'start-case@1', 'send-to-case@1', 'finding@1', 'publish@1', 'schedule@1'])

/** False where rules, scripts, several instances, cycles or the town's own records decide how a case goes on. */
export function isRehearsable({ graph }: Package, example: Pick<Example, 'steps'>): boolean {
  const elements = Object.values(graph.elements)
  const decides = elements.some(
    ({ type, loop, xl, events }) =>
      type === 'businessRuleTask' ||
      type === 'scriptTask' ||
      loop !== undefined ||
      (xl.action !== undefined && !plain.has(xl.action)) ||
      events.some((event) => event.kind === 'timer' && event.timer.kind === 'cycle'),
  )
  // Paper that was posted in time and arrives late, and orders with a printed limit, ask the town's records.
  return !decides && !/"(?:postedOn|upstream\w*|limitOn|printed\w*)"/.test(JSON.stringify(example.steps))
}
