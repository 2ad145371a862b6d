-- What anyone may know of a case whose procedure publishes its standing, in clear and written in the step that changes it.
create table public_cases (
  tenant_id text not null,
  case_id uuid not null,
  number text not null,
  procedure text not null,
  category text,                    -- value of the field that the package names as category
  status text not null check (status in ('open', 'closed')),
  outcome text,
  office text,
  place_id text,
  filed_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  due_on date,
  fields jsonb not null,            -- only what the package publishes, and what the person agreed to
  primary key (tenant_id, case_id),
  unique (tenant_id, number),
  foreign key (tenant_id, case_id) references cases
);
create index public_cases_filed on public_cases (tenant_id, procedure, filed_at desc, number);
create index public_cases_category on public_cases (tenant_id, procedure, category, filed_at desc);
create table public_updates (
  tenant_id text not null,
  update_id uuid not null,
  case_id uuid not null,
  at timestamptz not null,
  status text not null check (status in ('open', 'closed')),
  event text,                       -- event of the package; null for the words of whoever sent the request
  words text,
  primary key (tenant_id, update_id),
  foreign key (tenant_id, case_id) references public_cases
);
create index public_updates_at on public_updates (tenant_id, at, update_id);
create index public_updates_case on public_updates (tenant_id, case_id, at);

-- Keys of programs that file for people (Open311). Random, so that a hash is enough.
create table api_keys (
  tenant_id text not null references tenants,
  key_id uuid not null,
  key_hash bytea not null,
  name text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, key_id),
  unique (tenant_id, key_hash)
);
create table api_filings (
  tenant_id text not null,
  case_id uuid not null,
  key_id uuid not null,
  party_id uuid,
  token text not null,
  primary key (tenant_id, case_id),
  unique (tenant_id, token),
  foreign key (tenant_id, case_id) references cases,
  foreign key (tenant_id, key_id) references api_keys
);
-- Requests of the test endpoint: nobody acts on them, they are no cases and are counted nowhere.
create table api_test_requests (
  tenant_id text not null,
  request_id text not null,
  key_id uuid not null,
  token text not null,
  service_code text not null,
  request jsonb not null,
  updates jsonb not null default '[]',
  requested_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, request_id),
  foreign key (tenant_id, key_id) references api_keys
);
create index api_test_requests_at on api_test_requests (tenant_id, requested_at desc);

do $$ declare t text;
begin
  foreach t in array array['public_cases', 'public_updates', 'api_keys', 'api_filings', 'api_test_requests'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update, delete on %I to xiangli_app', t);
  end loop;
end $$;

-- The public standing belongs to the step that changes it: written after the step's other rows, in the same statement.
alter function commit_step(jsonb) rename to commit_step_rows;
create function commit_step(p jsonb) returns void
language plpgsql as $$
declare
  v_tenant text := p->>'tenant';
  v_now timestamptz := (p->>'now')::timestamptz;
  v_case uuid := (p->>'case_id')::uuid;
begin
  perform commit_step_rows(p);
  if p ? 'public_case' then
    insert into public_cases (tenant_id, case_id, number, procedure, category, status, outcome, office, place_id, filed_at, updated_at, closed_at, due_on, fields)
      select v_tenant, v_case, r.number, r.procedure, r.category, r.status, r.outcome, r.office, r.place_id, r.filed_at, v_now, r.closed_at, r.due_on, r.fields
      from jsonb_to_record(p->'public_case') as r(number text, procedure text, category text, status text, outcome text, office text, place_id text,
        filed_at timestamptz, closed_at timestamptz, due_on date, fields jsonb)
    on conflict (tenant_id, case_id) do update set category = excluded.category, status = excluded.status, outcome = excluded.outcome, office = excluded.office,
      place_id = excluded.place_id, updated_at = excluded.updated_at, closed_at = excluded.closed_at, due_on = excluded.due_on, fields = excluded.fields;
  end if;
  if p ? 'public_updates' then
    insert into public_updates (tenant_id, update_id, case_id, at, status, event)
      select v_tenant, r.update_id, v_case, v_now, r.status, r.event from jsonb_to_recordset(p->'public_updates') as r(update_id uuid, status text, event text);
  end if;
end $$;
revoke all on function commit_step(jsonb) from public;
grant execute on function commit_step(jsonb) to xiangli_app;
