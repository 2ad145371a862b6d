// What an attacker can do who owns the database, and with the stolen log key too: for the drills only.
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodeCheckpoint } from './checkpoint.ts'
import { openLog } from './log.ts'
import { noteSigner, noteTypes, signNote } from './note.ts'
import type { LogSigner, SignerMemory } from './signer.ts'
import { appendToFrontier, foldRange, leafHash } from './tree.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import type { TestTown } from '#tests/support/town.ts'

export type StoredLeaf = { source: string; leaf: Buffer }
type Saved = Record<string, unknown>

export function attacker({ installation, tenant, ctx, clock }: TestTown) {
  const run = (text: string, values: unknown[] = []) =>
    installation.database.owner((client) => client.query<Record<string, unknown>>(text, values).then(({ rows }) => rows))

  /** Rows as JSON, so that `putBack` can insert them again. */
  const save = async (table: string, where = 'true'): Promise<Saved> => {
    const rows = await run(`select coalesce(jsonb_agg(to_jsonb(t)), '[]') as rows from ${table} t where ${where}`)
    return rows[0] ?? {}
  }
  const putBack = (table: string, saved: Saved, overriding = '') =>
    run(`insert into ${table} ${overriding} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [JSON.stringify(saved['rows'])])

  const ledgerTables = ['ledger_heads', 'ledger_leaves', 'ledger_checkpoints']
  /** Runs an attack on the log's tables, then puts them back as they were. */
  async function onLog(attack: () => Promise<void>): Promise<void> {
    const saved = await Promise.all(ledgerTables.map((table) => save(table)))
    try {
      await attack()
    } finally {
      for (const [at, table] of ledgerTables.entries()) {
        await run(`delete from ${table}`)
        await putBack(table, saved[at] ?? {})
      }
    }
  }

  const leaves = async (): Promise<StoredLeaf[]> => {
    const rows = await run('select source, leaf from ledger_leaves where tenant_id = $1 and epoch = 1 order by leaf_index', [tenant])
    return rows.map(({ source, leaf }) => {
      assert.ok(typeof source === 'string' && Buffer.isBuffer(leaf))
      return { source, leaf }
    })
  }

  /** Replaces the whole log and signs it with the stolen key; gives the signer whose memory was forged to fit. */
  async function resign(signer: LogSigner, changed: StoredLeaf[]): Promise<LogSigner> {
    assert.ok(changed.length < 256, 'these drills have no full tile')
    const hashes = changed.map(({ leaf }) => leafHash(leaf))
    const frontier = appendToFrontier([], 0, hashes)
    const root = foldRange(frontier)
    const note = signNote(encodeCheckpoint(signer.origin, changed.length, root), stolenKey(signer))
    await run('delete from ledger_checkpoints')
    await run('delete from ledger_leaves')
    for (const [index, { source, leaf }] of changed.entries()) {
      await run('insert into ledger_leaves (tenant_id, epoch, leaf_index, source, leaf, leaf_hash) values ($1, 1, $2, $3, $4, $5)', [
        tenant,
        index,
        source,
        leaf,
        hashes[index],
      ])
    }
    await run('update ledger_heads set size = $1, root = $2, frontier = $3', [changed.length, root, Buffer.concat(frontier)])
    await run('insert into ledger_checkpoints (tenant_id, epoch, size, root, note, signed_at) values ($1, 1, $2, $3, $4, now())', [
      tenant,
      changed.length,
      root,
      note,
    ])
    const memory: SignerMemory = { epoch: 1, origin: signer.origin, size: changed.length, root }
    return { ...signer, memory: () => memory }
  }

  function stolenKey(signer: LogSigner) {
    const pem = readFileSync(join(installation.config.dataDir, 'ledger', tenant, 'log.1.key'), 'utf8')
    const { d } = createPrivateKey(pem).export({ format: 'jwk' })
    return noteSigner(signer.origin, noteTypes.ed25519, Buffer.from(d ?? '', 'base64url'))
  }

  /** Removes the case with its events as if it had never been; gives what puts both back. */
  async function dropCase(caseId: string): Promise<() => Promise<void>> {
    const [cases, events] = [await save('cases', `case_id = '${caseId}'`), await save('events', `case_id = '${caseId}'`)]
    const both = `delete from events where case_id = '${caseId}'; delete from cases where case_id = '${caseId}'`
    await run(`set session_replication_role = replica; ${both}; set session_replication_role = default`)
    return async () => {
      await putBack('cases', cases)
      await putBack('events', events)
    }
  }

  /** The log as a second installation would open it, with the signer's folder as it is now. */
  async function openCopy(witnessed: { by: string; size: number; root: Uint8Array }[] = []): Promise<void> {
    const copy = makeTemporaryFolder('drill')
    cpSync(join(installation.config.dataDir, 'ledger'), join(copy, 'ledger'), {
      recursive: true,
      filter: (path) => !path.endsWith('signer.lock') && !path.endsWith('signer.json'),
    })
    cpSync(join(installation.config.dataDir, 'ledger', tenant, 'signer.json'), join(copy, 'ledger', tenant, 'signer.json'))
    try {
      ;(await openLog(ctx.db, { tenant, domain: '127.0.0.1', dataDir: copy, demo: true, clock, witnessed })).close()
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  return { run, save, putBack, onLog, leaves, resign, dropCase, openCopy }
}
