import type { ClientBase } from 'pg'

export type Column = { name: string; type: string }
export type Table = { name: string; columns: Column[] }

/**
 * All tables of the program, each after those it refers to. Generated columns are left out; schema_migrations is the
 * header's. Runs as the owner, so row-level security hides nothing.
 */
export async function listTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: Column[]; needs: string[] }>(`
    select n.nspname || '.' || c.relname as name,
      (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
         from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      array(select distinct fn.nspname || '.' || f.relname from pg_constraint k join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'vault') and c.relname <> 'schema_migrations'
    order by 1`)
  return inOrder(rows)
}

function inOrder(rows: { name: string; columns: Column[]; needs: string[] }[]): Table[] {
  const done = new Set<string>()
  const ordered: Table[] = []
  while (ordered.length < rows.length) {
    const ready = rows.filter((row) => !done.has(row.name) && row.needs.every((need) => done.has(need)))
    if (ready.length === 0) throw new Error('tables refer to each other in a circle')
    for (const { name, columns } of ready) {
      done.add(name)
      ordered.push({ name, columns })
    }
  }
  return ordered
}

export type Sequence = { sequence: string; last: string; called: boolean }

export async function readSequences(client: ClientBase): Promise<Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and n.nspname in ('public', 'vault') order by 1`,
  )
  const sequences: Sequence[] = []
  for (const { name } of rows) {
    const found = await client.query<{ last: string; called: boolean }>(`select last_value::text as last, is_called as called from ${quote(name)}`)
    const [row] = found.rows
    if (row) sequences.push({ sequence: name, ...row })
  }
  return sequences
}

export const writeSequence = (client: ClientBase, { sequence, last, called }: Sequence) =>
  client.query('select setval($1::regclass, $2::bigint, $3)', [quote(sequence), last, called])

/** Rows as texts, in portions, inside the transaction that the client has open. */
export async function* readRows(client: ClientBase, table: Table, portion: number): AsyncGenerator<(string | null)[][]> {
  const columns = table.columns.map(({ name }) => `"${name}"::text`).join(', ')
  await client.query(`declare portions no scroll cursor for select ${columns} from ${quote(table.name)}`)
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({ text: `fetch ${portion} from portions`, rowMode: 'array' })
    if (rows.length === 0) break
    yield rows
  }
  await client.query('close portions')
}

/** Adds rows given as texts; each column reads its own type. */
export async function writeRows(client: ClientBase, table: Table, rows: (string | null)[][]): Promise<void> {
  const names = table.columns.map(({ name }) => `"${name}"`)
  const values = table.columns.map(({ type }, at) => `c${at}::${type}`)
  const arrays = table.columns.map((_, at) => `$${at + 1}::text[]`)
  const places = table.columns.map((_, at) => `c${at}`)
  await client.query(
    `insert into ${quote(table.name)} (${names.join(', ')}) overriding system value
     select ${values.join(', ')} from unnest(${arrays.join(', ')}) as r (${places.join(', ')})`,
    table.columns.map((_, at) => rows.map((row) => row[at] ?? null)),
  )
}

export async function countRows(client: ClientBase, name: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${quote(name)}`)
  return rows[0]?.count ?? 0
}

/** Names come from the catalogue, or from a backup where their form was checked. */
const quote = (name: string) =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')

export type Applied = { number: number; name: string; sha256: string }

/** The migrations this database has; none when it is empty. */
export async function readApplied(client: ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('public.schema_migrations') is not null as there`)
  if (!rows[0]?.there) return []
  return (await client.query<Applied>('select number, name, sha256 from schema_migrations order by number')).rows
}

/** Whether anything at all is in the schemas of the program. */
export async function isEmpty(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ empty: boolean }>(
    `select not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('public', 'vault') and c.relkind in ('r', 'p', 'v', 'S')) as empty`,
  )
  return rows[0]?.empty ?? false
}
