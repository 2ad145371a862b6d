// The office audit: opens payloads and compares them with the log. It sees what outsiders cannot (content, order and
// missing events); outsiders see what it cannot (a log re-signed behind its back).
import { equalBytes } from './bytes.ts'
import { leafCommitment, parseLeaf } from './leaf.ts'
import { commitmentOf } from './payload.ts'
import type { SaltedPayload } from './payload.ts'
import { leafHash } from './tree.ts'

/** One event of a case as the office keeps it, in order; `payload` is undefined when it was erased or cannot be read. */
export type AuditEvent = { source: string; payload: SaltedPayload | undefined }

/** One entry of the log that belongs to the case; `hash` is the leaf hash that the proof verified. */
export type AuditLeaf = { source: string; index: number; leaf: Uint8Array; hash: Uint8Array }

export type AuditFinding = {
  source: string
  index: number | undefined
  code: 'not_in_log' | 'event_missing' | 'leaf_edited' | 'leaf_malformed' | 'event_edited' | 'payload_missing' | 'erased' | 'out_of_order'
}

/** `erased` is what the payload lawfully lost; every other code is an alarm. */
export const isAlarm = (finding: AuditFinding) => finding.code !== 'erased'

/**
 * Compares a case's events with its leaves. `covered` are the indexes that erasure leaves name. Leaves of later events
 * must stand behind those of earlier ones: steps of one case never run side by side.
 */
export function auditCase(events: AuditEvent[], leaves: AuditLeaf[], covered: ReadonlySet<number> = new Set()): AuditFinding[] {
  const bySource = new Map(leaves.map((leaf) => [leaf.source, leaf]))
  const known = new Set(events.map(({ source }) => source))
  const findings: AuditFinding[] = leaves
    .filter(({ source }) => !known.has(source))
    .map(({ source, index }) => ({ source, index, code: 'event_missing' }))
  let last = -1
  for (const event of events) {
    const leaf = bySource.get(event.source)
    const code = leaf ? auditEvent(event, leaf, covered) : 'not_in_log'
    if (code) findings.push({ source: event.source, index: leaf?.index, code })
    if (leaf && leaf.index < last) findings.push({ source: event.source, index: leaf.index, code: 'out_of_order' })
    last = Math.max(last, leaf?.index ?? last)
  }
  return findings
}

function auditEvent(event: AuditEvent, leaf: AuditLeaf, covered: ReadonlySet<number>): AuditFinding['code'] | undefined {
  if (!equalBytes(leafHash(leaf.leaf), leaf.hash)) return 'leaf_edited'
  const commitment = readCommitment(leaf.leaf)
  if (!commitment) return 'leaf_malformed'
  if (!event.payload) return covered.has(leaf.index) ? 'erased' : 'payload_missing'
  return equalBytes(tryCommitment(event.payload), commitment) ? undefined : 'event_edited'
}

function readCommitment(leaf: Uint8Array): Uint8Array | undefined {
  try {
    return leafCommitment(parseLeaf(leaf))
  } catch {
    return undefined
  }
}

/** A payload that is not one any more was edited. */
function tryCommitment(payload: SaltedPayload): Uint8Array {
  try {
    return commitmentOf(payload)
  } catch {
    return new Uint8Array()
  }
}
