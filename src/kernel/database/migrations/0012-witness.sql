-- Witnesses (C2SP tlog-witness, tlog-cosignature, tlog-policy): what our neighbours cosigned of our logs, and what this
-- installation cosigned of theirs.

-- The neighbours and the quorum of a town's log, as a tlog-policy. The signer's folder has the copy that counts; this one is shown.
create table ledger_policies (
  tenant_id text primary key references tenants,
  policy text not null,
  set_at timestamptz not null
);

-- What each witness cosigned last, and why the last attempt failed.
create table ledger_witnesses (
  tenant_id text not null,
  epoch int not null,
  vkey text not null,
  size bigint,
  cosigned_at timestamptz,
  asked_at timestamptz not null,
  failure text,
  primary key (tenant_id, epoch, vkey),
  foreign key (tenant_id, epoch) references ledger_logs
);

-- Proofs that the log itself announced a key, signed by the key before it: docs/ledger-format.md section 8.
create table ledger_key_changes (
  tenant_id text not null,
  epoch int not null,
  leaf_index bigint not null,
  leaf text not null,
  proof text not null,
  primary key (tenant_id, epoch, leaf_index),
  foreign key (tenant_id, epoch) references ledger_logs
);

create index ledger_checkpoints_cosigned on ledger_checkpoints (tenant_id, epoch, size) where cosigned;

do $$ declare t text; begin
  foreach t in array array['ledger_policies', 'ledger_witnesses', 'ledger_key_changes'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert on %I to xiangli_app', t);
  end loop;
end $$;
grant update (policy, set_at), delete on ledger_policies to xiangli_app;
grant update (size, cosigned_at, asked_at, failure) on ledger_witnesses to xiangli_app;

-- The witness is the installation, not a town: these two tables have no tenant, and everything in them is public.
create table witness_logs (
  origin text primary key check (octet_length(origin) between 1 and 1000),
  vkeys text[] not null,
  added_at timestamptz not null,
  removed_at timestamptz,
  size bigint,                      -- of the last checkpoint cosigned; null before the first
  root bytea check (octet_length(root) = 32),
  note text,                        -- that checkpoint with the log's signature and our cosignature
  cosigned_at timestamptz,
  check ((size is null) = (root is null) and (size is null) = (note is null) and (size is null) = (cosigned_at is null))
);

-- Checkpoints that a known log signed and that do not extend what we cosigned. Never removed.
create table witness_evidence (
  evidence_id bigint generated always as identity primary key,
  origin text not null references witness_logs,
  code text not null check (code in ('fork', 'unproven')),
  old_size bigint not null,
  size bigint not null,
  root bytea not null check (octet_length(root) = 32),
  request text not null,            -- old size, proof and signed checkpoint, as they came
  cosigned text,                    -- the checkpoint that we had cosigned
  seen_at timestamptz not null,
  settled_at timestamptz,           -- the same checkpoint was proven later
  unique (origin, code, size, root)
);

grant select, insert on witness_logs, witness_evidence to xiangli_app;
grant update (vkeys, removed_at, size, root, note, cosigned_at) on witness_logs to xiangli_app;
grant update (settled_at) on witness_evidence to xiangli_app;
