// The witnesses of a town's own log: asked for cosignatures in the background (C2SP tlog-witness), and at the start for what they know.
import { join } from 'node:path'
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { DomainError } from '../errors.ts'
import { logLine } from '../log.ts'
import { equalBytes } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { verifyCosignature } from './cosignature.ts'
import { encodeVkey, parseNote, parseVkey, signatureLine, type VerifierKey, verifyNote } from './note.ts'
import type { CallOut } from './outgoing.ts'
import { parsePolicy, type Policy, reachesQuorum } from './policy.ts'
import { selectCheckpoint } from './queries.ts'
import type { LogSigner } from './signer.ts'
import { databaseHashes, type TileCache } from './storage.ts'
import { readIfThere, writeSynced } from './synced-file.ts'
import { proveConsistency, treeRoot } from './tree.ts'
import { askLatest, type Said, submit } from './witness-client.ts'
import { selectCheckpointToCosign, selectWitnesses, updateCheckpoint, upsertPolicy, upsertWitness } from './witness-queries.ts'

const policyPath = (folder: string) => join(folder, 'policy')

/** The policy that counts: the signer's folder has it, so that a database put back does not lose the witnesses. */
export function readPolicy(folder: string): Policy | undefined {
  const text = readIfThere(policyPath(folder))
  return text === undefined ? undefined : parsePolicy(text)
}

/** Checks a tlog-policy and makes it the log's. @throws `ledger.policy_*` with the line that is wrong. */
export async function setPolicy(db: Db, signer: LogSigner, text: string, at: Date): Promise<{ witnesses: number; asked: number; quorum: string }> {
  const policy = parsePolicy(text)
  writeSynced(policyPath(signer.folder), text)
  await inTenant(db, signer.tenant, (trx) => upsertPolicy(trx, signer.tenant, text, at))
  const { length: witnesses } = [...policy.parties.values()].filter(({ kind }) => kind === 'witness')
  return { witnesses, asked: witnessesToAsk(policy).length, quorum: policy.quorum ?? 'none' }
}

type Asked = { name: string; key: VerifierKey; vkey: string; url: string }

const witnessesToAsk = (policy: Policy | undefined): Asked[] =>
  [...(policy?.parties ?? [])].flatMap(([name, party]) =>
    party.kind === 'witness' && party.url !== undefined
      ? [{ name, key: party.key, vkey: encodeVkey(party.key), url: party.url.replace(/\/+$/, '') }]
      : [],
  )

type Town = { db: Db; signer: LogSigner; clock: Clock; call: CallOut; cache: TileCache }

/** Cosignatures are renewed when they are this old: a quiet log is still being watched. */
const renewAfterMilliseconds = 24 * 3_600_000

/**
 * Asks every witness that has not cosigned the newest checkpoint yet, all at once; never throws for what a witness does.
 * A witness that shows a larger or another tree under our own signature halts the signer. Gives how many cosigned.
 */
export async function askWitnesses(town: Town): Promise<number> {
  const { db, signer, clock } = town
  const policy = readPolicy(signer.folder)
  const asked = witnessesToAsk(policy)
  if (!policy || asked.length === 0) return 0
  const [checkpoint, rows] = await inTenant(db, signer.tenant, async (trx) => [
    await selectCheckpoint(trx, signer.tenant, signer.epoch),
    await selectWitnesses(trx, signer.tenant, signer.epoch),
  ])
  if (!checkpoint) return 0
  const now = clock.now()
  const results = await Promise.all(
    asked.map(async (witness) => {
      const row = rows.find(({ vkey }) => vkey === witness.vkey)
      const isFresh = row?.cosigned_at && now.getTime() - row.cosigned_at.getTime() < renewAfterMilliseconds
      if (row?.size === checkpoint.size && isFresh && !row.failure) return false
      return askOne(town, policy, witness, row?.size ?? 0, checkpoint)
    }),
  )
  return results.filter(Boolean).length
}

async function askOne(town: Town, policy: Policy, witness: Asked, known: number, checkpoint: { size: number; note: string }): Promise<boolean> {
  const { db, signer, clock } = town
  const finish = async (size: number | null, failure: string | null) => {
    const at = clock.now()
    const row = { vkey: witness.vkey, size, cosignedAt: failure === null ? at : null, at, failure }
    await inTenant(db, signer.tenant, (trx) => upsertWitness(trx, signer.tenant, signer.epoch, row))
    if (failure !== null) logLine('warning', 'ledger.witness', { tenant: signer.tenant, witness: witness.key.name })
    return failure === null
  }
  try {
    const said = await converse(town, witness, known, checkpoint)
    if (said.kind === 'cosigned') {
      await keepCosignature(town, policy, witness, checkpoint.size, said.lines)
      return await finish(checkpoint.size, null)
    }
    if (said.kind === 'knows' && said.size <= signer.memory().size) return await finish(null, 'It has a newer checkpoint of ours: asked again soon.')
    if (said.kind === 'refused') return await finish(null, said.why)
    const reason = knowsMore(signer, witness, said)
    logLine('error', 'ledger.alarm', { tenant: signer.tenant, codes: reason.code })
    // A word of a witness alone does not stop a town; our own signature on what it says does.
    if (await isProven(town, witness)) signer.halt(reason)
    return await finish(null, reason.message)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return finish(null, error.message)
  }
}

/** Submits from the size that the witness is thought to know, and once more from the one that it says. */
async function converse(town: Town, witness: Asked, known: number, { size, note }: { size: number; note: string }): Promise<Said> {
  const from = known <= size ? known : 0
  const said = await submit(town.call, witness.url, { oldSize: from, proof: await proofBetween(town, from, size), size, note })
  if (said.kind !== 'knows' || said.size > size) return said
  return submit(town.call, witness.url, { oldSize: said.size, proof: await proofBetween(town, said.size, size), size, note })
}

/** Whether the witness shows a checkpoint under our own key that is larger than what was signed here, or of another tree. */
async function isProven({ db, signer, call, cache }: Town, { url }: Asked): Promise<boolean> {
  const shown = await askLatest(call, url, signer.origin)
  if (!shown) return false
  try {
    const note = parseNote(shown)
    verifyNote(
      note,
      signer.keys().log.map(({ vkey }) => parseVkey(vkey)),
    )
    const { origin, size, root } = parseCheckpoint(note.text)
    if (origin !== signer.origin || size === 0) return false
    if (size > signer.memory().size) return true
    const ours = await inTenant(db, signer.tenant, (trx) =>
      treeRoot(size, databaseHashes(trx, signer.tenant, signer.epoch, signer.memory().size, cache)),
    )
    return !equalBytes(ours, root)
  } catch (error) {
    if (error instanceof DomainError) return false
    throw error
  }
}

async function proofBetween({ db, signer, cache }: Town, from: number, to: number): Promise<Uint8Array[]> {
  if (from === 0 || from === to) return []
  return inTenant(db, signer.tenant, (trx) => proveConsistency(from, to, databaseHashes(trx, signer.tenant, signer.epoch, to, cache)))
}

/** Adds the witness's line to the checkpoint as it is stored, in place of an older one of the same key. */
async function keepCosignature({ db, signer }: Town, policy: Policy, witness: Asked, size: number, lines: string): Promise<void> {
  await inTenant(db, signer.tenant, async (trx) => {
    const row = await selectCheckpointToCosign(trx, signer.tenant, signer.epoch, size)
    if (!row) return
    const { text, signatures } = parseNote(row.note)
    const answer = parseNote(`${text}\n${lines}`)
    if (verifyCosignature(answer, witness.key) === undefined)
      throw new DomainError('unavailable', 'ledger.witness_answer', 'Its answer holds no cosignature by its key.')
    const isTheirs = (signature: { name: string; id: string }) => signature.name === witness.key.name && signature.id === witness.key.id
    const kept = [...signatures.filter((signature) => !isTheirs(signature)), ...answer.signatures.filter(isTheirs).slice(-1)]
    const note = `${text}\n${kept.map((signature) => signatureLine(signature, signature.bytes)).join('')}`
    await updateCheckpoint(trx, signer.tenant, { epoch: signer.epoch, size, note, cosigned: isCosigned(policy, note) })
  })
}

/** Whether the quorum is there; without a quorum, any cosignature counts. */
function isCosigned(policy: Policy, note: string): boolean {
  const parsed = parseNote(note)
  const names = [...policy.parties].flatMap(([name, party]) =>
    party.kind === 'witness' && verifyCosignature(parsed, party.key) !== undefined ? [name] : [],
  )
  return names.length > 0 && reachesQuorum(policy, new Set(names))
}

function knowsMore(signer: LogSigner, { key, url }: Asked, said: Said): DomainError {
  const { size } = signer.memory()
  const what =
    said.kind === 'knows'
      ? `cosigned ${said.size} entries of this log`
      : `cosigned another tree than the one with ${size} entries that is signed here`
  const message =
    `The witness ${key.name} ${what}, this installation has ${size}: database and signer are older than what was published, or contradict it. ` +
    `Recover the newest backup of the database and of DATA_DIR/ledger, or open a new epoch (xiangli ledger new-epoch). ` +
    `If the witness is wrong (look at ${url}), take it out of the policy. Nothing is signed until then.`
  return new DomainError('unavailable', said.kind === 'knows' ? 'ledger.witness_ahead' : 'ledger.witness_contradicts', message)
}

/**
 * The start rule for witnesses: what was signed last is submitted once more; a witness that knows a larger or another tree
 * keeps the log from opening. One that does not answer or does not know the log says nothing about it.
 * @throws `ledger.witness_ahead`, `ledger.witness_contradicts`.
 */
export async function refuseIfWitnessKnowsMore(signer: LogSigner, call: CallOut): Promise<void> {
  const { size, root } = signer.memory()
  const asked = witnessesToAsk(readPolicy(signer.folder))
  if (asked.length === 0) return
  const note = signer.sign({ size, root }, [])
  await Promise.all(
    asked.map(async (witness) => {
      const said = await submit(call, witness.url, { oldSize: size, proof: [], size, note }).catch((error: unknown) => {
        if (!(error instanceof DomainError)) throw error
        logLine('warning', 'ledger.witness', { tenant: signer.tenant, witness: witness.key.name })
        return undefined
      })
      if (said?.kind === 'contradicts' || (said?.kind === 'knows' && said.size > size)) throw knowsMore(signer, witness, said)
    }),
  )
}
