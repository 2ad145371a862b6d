-- The ledger (docs/ledger-format.md): what was queued, what was integrated, and the tree over it.
-- Leaves, tiles and logs are only ever added; the database enforces that against the program itself.

create table ledger_logs (
  tenant_id text not null references tenants,
  epoch int not null check (epoch > 0),
  origin text not null,
  keys jsonb not null,              -- [{"role": "log" | "promise" | "witness", "vkey": text}], also those that were dropped
  opened_at timestamptz not null,
  closed_at timestamptz,
  primary key (tenant_id, epoch)
);

-- Filled by business transactions, emptied by the integrator. No foreign key and no second index: it is on every write path.
create table ledger_queue (
  tenant_id text not null,
  qid bigint generated always as identity,
  source uuid not null,
  leaf bytea not null check (octet_length(leaf) between 1 and 65535),
  queued_at timestamptz not null default now(),
  primary key (tenant_id, qid)
);

create table ledger_heads (
  tenant_id text not null,
  epoch int not null,
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  frontier bytea not null,          -- hashes of the complete subtrees, left to right
  primary key (tenant_id, epoch),
  foreign key (tenant_id, epoch) references ledger_logs
);

create table ledger_leaves (
  tenant_id text not null,
  epoch int not null,
  leaf_index bigint not null,
  source uuid not null,
  leaf bytea not null,
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  primary key (tenant_id, epoch, leaf_index),
  unique (tenant_id, source)
);

-- Full tiles only: a partial one is computed from leaves or from the roots one level below.
create table ledger_tiles (
  tenant_id text not null,
  epoch int not null,
  level smallint not null,
  tile_index bigint not null,
  hashes bytea not null check (octet_length(hashes) = 8192),
  root bytea not null check (octet_length(root) = 32),
  primary key (tenant_id, epoch, level, tile_index)
);
alter table ledger_tiles alter column hashes set storage external; -- hashes do not compress

create table ledger_checkpoints (
  tenant_id text not null,
  epoch int not null,
  size bigint not null,
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  signed_at timestamptz not null,
  cosigned boolean not null default false,
  primary key (tenant_id, epoch, size)
);

-- A queue row whose source is in the log already with another leaf: evidence, never dropped, never integrated.
create table ledger_conflicts (
  tenant_id text not null,
  qid bigint not null,
  source uuid not null,
  leaf bytea not null,
  queued_at timestamptz not null,
  primary key (tenant_id, qid)
);

do $$ declare t text; begin
  foreach t in array array['ledger_logs', 'ledger_queue', 'ledger_heads', 'ledger_leaves', 'ledger_tiles', 'ledger_checkpoints', 'ledger_conflicts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert on %I to xiangli_app', t);
  end loop;
end $$;
grant update (closed_at, keys) on ledger_logs to xiangli_app;
grant delete on ledger_queue to xiangli_app;
grant update (size, root, frontier) on ledger_heads to xiangli_app;
grant update (note, cosigned), delete on ledger_checkpoints to xiangli_app;
