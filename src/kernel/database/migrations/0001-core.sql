-- The tables of a town. tenant_id leads every key; row-level security repeats it as a second lock.
-- xiangli_app is what the program runs as; xiangli_keys owns the case keys and nothing else (made by migrate.ts).
grant usage on schema public to xiangli_app;

create table tenants (
  tenant_id text primary key check (tenant_id ~ '^[a-z][a-z0-9-]{1,40}$'),
  name jsonb not null,
  zone text not null default 'Asia/Shanghai',
  demo boolean not null default false,
  settings jsonb not null default '{}',
  settings_version bigint not null default 1,
  created_at timestamptz not null
);

-- Registers: lists of things with history; entries are only ever added.
create table registers (
  tenant_id text not null references tenants,
  register text not null,
  version bigint not null default 0,
  primary key (tenant_id, register)
);
create table register_entries (
  tenant_id text not null references tenants,
  register text not null,
  entry_id text not null,
  version int not null,
  data jsonb,                       -- null: the entry was retired with this version
  valid_from date,
  valid_to date,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason text not null,
  is_current boolean not null default true,
  primary key (tenant_id, register, entry_id, version)
);
create unique index register_entries_current on register_entries (tenant_id, register, entry_id) where is_current;
create view register_current with (security_invoker = true) as
  select tenant_id, register, entry_id, version, data, valid_from, valid_to from register_entries where is_current and data is not null;
create view organizations with (security_invoker = true) as
  select tenant_id, entry_id as organization_id, data->>'kind' as kind, data->>'parent' as parent_id, data->'name' as name, data
  from register_current where register = 'organizations';
create view posts with (security_invoker = true) as
  select tenant_id, entry_id as post_id, data->>'duty' as duty, data->>'organization' as organization_id, data->>'reportsTo' as reports_to,
         data->'title' as title, data
  from register_current where register = 'posts';

create table post_holders (
  tenant_id text not null references tenants,
  post_id text not null,
  user_id text not null,
  from_on date not null,
  to_on date,
  kind text not null default 'holder' check (kind in ('holder', 'acting')),
  appointed_by text not null,
  primary key (tenant_id, post_id, user_id, from_on)
);
create index post_holders_user on post_holders (tenant_id, user_id);

-- Procedure packages: the version is the content hash of the folder.
create table packages (
  tenant_id text not null references tenants,
  package_hash text not null,
  slug text not null,
  version text not null,
  manifest jsonb not null,
  files jsonb not null,             -- path -> text
  stored_at timestamptz not null,
  primary key (tenant_id, package_hash)
);
create table published_procedures (
  tenant_id text not null references tenants,
  slug text not null,
  effective_from date not null,
  effective_to date,
  package_hash text not null,
  published_at timestamptz not null,
  published_by text[] not null,
  reason text not null,
  primary key (tenant_id, slug, effective_from),
  foreign key (tenant_id, package_hash) references packages
);
create table parameter_overrides (
  tenant_id text not null references tenants,
  procedure text not null,
  parameter text not null,
  from_on date not null,
  to_on date,
  value numeric not null,
  source text not null,             -- the local rule and its article
  mark text not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (tenant_id, procedure, parameter, from_on)
);

create table cases (
  tenant_id text not null references tenants,
  case_id uuid not null,
  number text not null,
  procedure text not null,
  package_hash text not null,
  status text not null default 'open' check (status in ('open', 'closed')),
  outcome text,                     -- id of the end event
  channel text not null check (channel in ('web', 'counter', 'letter', 'phone', 'visit', 'upstream', 'case')),
  upstream_source text,
  upstream_number text,
  filed_at timestamptz not null,    -- recorded
  filed_on date not null,           -- took effect
  handling_office text,
  superior_office text,
  place_id text,
  sealed_class text,
  readers text[] not null,          -- keys of posts and bodies that may read it: the one access rule, precomputed at each step
  state jsonb not null,
  content bytea not null,           -- what the forms hold, under the case's key
  event_seq int not null,
  event_head bytea not null,        -- commitment of the last event: the next one names it
  version bigint not null default 1,
  next_due_on date,                 -- nearest running deadline that binds the office
  missed boolean not null default false, -- a statutory limit was missed; never unset
  closed_at timestamptz,
  retain_until date,
  primary key (tenant_id, case_id),
  unique (tenant_id, number)
);
create unique index cases_upstream on cases (tenant_id, upstream_source, upstream_number) where upstream_number is not null;
create index cases_filed on cases (tenant_id, filed_at desc);
create index cases_open_due on cases (tenant_id, next_due_on) where status = 'open';
create index cases_readers on cases using gin (readers);
create index cases_office on cases (tenant_id, handling_office, filed_at desc);

create table parties (
  tenant_id text not null,
  case_id uuid not null,
  party_id uuid not null,
  role text not null,
  kind text not null check (kind in ('natural', 'organization')),
  identity bytea not null,          -- name and contacts under the case's key
  account_id text,                  -- the person's own account, set by that person only
  receipt_hash bytea,               -- SHA-256 of the receipt code
  electronic_service boolean not null default false,
  added_at timestamptz not null,
  primary key (tenant_id, case_id, party_id),
  foreign key (tenant_id, case_id) references cases
);
create index parties_account on parties (tenant_id, account_id) where account_id is not null;
create index parties_receipt on parties (tenant_id, receipt_hash) where receipt_hash is not null;
-- Counter search: keyed hash of the exact name with the tail of phone or ID. The key is outside the database.
create table party_lookups (
  tenant_id text not null,
  lookup bytea not null,
  case_id uuid not null,
  party_id uuid not null,
  primary key (tenant_id, lookup, case_id, party_id),
  foreign key (tenant_id, case_id, party_id) references parties
);

-- What happened. Rows are never changed; disposal empties payload after an erasure leaf.
create table events (
  tenant_id text not null,
  case_id uuid not null,
  seq int not null,
  event_id uuid not null,
  type text not null,
  name text,                        -- the package's event name
  element text,
  actor_kind text not null,
  actor_id text,                    -- account of staff; never of a resident
  post_id text,
  recorded_at timestamptz not null,
  effective_on date not null,
  payload bytea,                    -- salted fields under the case's key
  commitment bytea not null,
  primary key (tenant_id, case_id, seq),
  unique (tenant_id, event_id),
  foreign key (tenant_id, case_id) references cases
);

create table tasks (
  tenant_id text not null,
  task_id uuid not null,
  case_id uuid not null,
  element text not null,
  token text not null,
  form text,
  duties text[] not null,           -- duties of posts that may act
  organization_id text,             -- null: nobody is competent yet; the watchdog escalates
  status text not null default 'open' check (status in ('open', 'done', 'cancelled')),
  assignee text,
  claimed_at timestamptz,
  opened_at timestamptz not null,
  due_on date,
  closed_at timestamptz,
  closed_by text,
  version int not null default 1,
  primary key (tenant_id, task_id),
  foreign key (tenant_id, case_id) references cases
);
create index tasks_inbox on tasks (tenant_id, organization_id, due_on, opened_at) where status = 'open';
create index tasks_case on tasks (tenant_id, case_id);
create index tasks_assignee on tasks (tenant_id, assignee, due_on) where status = 'open';

-- Statutory deadlines are rows of their own; no loop or migration resets them.
create table deadlines (
  tenant_id text not null,
  case_id uuid not null,
  deadline text not null,
  instance int not null,
  rule jsonb not null,              -- amount, unit, law, article, mark, override
  binds text not null check (binds in ('office', 'party')),
  start_event text not null,
  start_on date not null,
  due_on date not null,
  due_at timestamptz not null,
  provisional boolean not null default false,
  calendar_version text not null,
  pauses jsonb not null default '[]',
  extensions jsonb not null default '[]',
  status text not null default 'running' check (status in ('running', 'met', 'missed', 'cancelled')),
  met_on date,
  missed_at timestamptz,            -- stays when the act is done late
  primary key (tenant_id, case_id, deadline, instance),
  foreign key (tenant_id, case_id) references cases
);
create index deadlines_running on deadlines (tenant_id, due_at) where status = 'running';
create index deadlines_provisional on deadlines (tenant_id) where provisional and status = 'running';

create table timers (
  tenant_id text not null,
  case_id uuid not null,
  token text not null,
  element text not null,
  deadline text,
  due_at timestamptz not null,
  attempts int not null default 0,
  leased_until timestamptz,
  primary key (tenant_id, case_id, token),
  foreign key (tenant_id, case_id) references cases
);
create index timers_due on timers (tenant_id, due_at);

create table subscriptions (
  tenant_id text not null,
  case_id uuid not null,
  token text not null,
  element text not null,
  kind text not null,
  name text not null,
  primary key (tenant_id, case_id, token),
  foreign key (tenant_id, case_id) references cases
);
create index subscriptions_name on subscriptions (tenant_id, kind, name);

create table incidents (
  tenant_id text not null,
  incident_id uuid not null,
  case_id uuid not null,
  element text not null,
  token text not null,
  reason text not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  primary key (tenant_id, incident_id),
  foreign key (tenant_id, case_id) references cases
);

create table files (
  tenant_id text not null references tenants,
  file_id uuid not null,
  case_id uuid,                     -- null while it belongs to a draft
  draft_id uuid,
  media_type text not null,
  bytes bigint not null,
  name bytea not null,              -- encrypted
  stored_at timestamptz not null,
  purged_at timestamptz,
  primary key (tenant_id, file_id)
);
create index files_case on files (tenant_id, case_id);

create table document_series (
  tenant_id text not null references tenants,
  series text not null,
  year int not null,
  last int not null,
  primary key (tenant_id, series, year)
);
create table documents (
  tenant_id text not null,
  document_id uuid not null,
  case_id uuid not null,
  document text not null,           -- id in the package
  status text not null check (status in ('issued', 'served', 'corrected', 'withdrawn', 'void')),
  series text not null,
  year int not null,
  sequence int not null,
  number text not null,
  issuer text not null,             -- organization
  issued_on date not null,
  signed_by text,
  signed_post text,
  content bytea not null,           -- what it says, under the case's key
  file_id uuid not null,
  verify_hash bytea not null,       -- SHA-256 of the code in its QR
  supersedes uuid,
  reason text,
  recorded_at timestamptz not null,
  primary key (tenant_id, document_id),
  unique (tenant_id, series, year, sequence),
  foreign key (tenant_id, case_id) references cases
);
create index documents_case on documents (tenant_id, case_id);
create index documents_verify on documents (tenant_id, verify_hash);

-- Service (送达): remedy periods start from it.
create table document_services (
  tenant_id text not null,
  service_id uuid not null,
  case_id uuid not null,
  document_id uuid not null,
  method text not null check (method in ('handed', 'post', 'electronic', 'notice', 'left', 'not-owed')),
  served_on date not null,
  proof_file uuid,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (tenant_id, service_id),
  foreign key (tenant_id, document_id) references documents
);
create index document_services_case on document_services (tenant_id, case_id);

create table case_links (
  tenant_id text not null,
  case_id uuid not null,
  role text not null,
  other_case_id uuid not null,
  made_at timestamptz not null,
  primary key (tenant_id, case_id, role, other_case_id),
  foreign key (tenant_id, case_id) references cases
);
-- What is handed to an organization that could not read the case otherwise.
create table case_grants (
  tenant_id text not null,
  case_id uuid not null,
  organization_id text not null,
  granted_at timestamptz not null,
  until_on date,
  reason text not null,
  primary key (tenant_id, case_id, organization_id),
  foreign key (tenant_id, case_id) references cases
);
create index case_grants_organization on case_grants (tenant_id, organization_id);
create table recusals (
  tenant_id text not null,
  case_id uuid not null,
  user_id text not null,
  ground text not null,
  declared_at timestamptz not null,
  declared_by text not null,
  primary key (tenant_id, case_id, user_id),
  foreign key (tenant_id, case_id) references cases
);

create table case_messages (
  tenant_id text not null,
  message_id uuid not null,
  case_id uuid not null,
  from_kind text not null check (from_kind in ('party', 'office')),
  from_id text,
  body bytea not null,
  sent_at timestamptz not null,
  primary key (tenant_id, message_id),
  foreign key (tenant_id, case_id) references cases
);
create index case_messages_case on case_messages (tenant_id, case_id, sent_at);

-- Looking does not write the case.
create table case_views (
  tenant_id text not null,
  view_id uuid not null,
  case_id uuid not null,
  viewed_at timestamptz not null,
  user_id text not null,
  post_id text,
  purpose text not null,
  fields text[] not null,
  committed boolean not null default false,
  primary key (tenant_id, view_id)
);
create index case_views_case on case_views (tenant_id, case_id, viewed_at);
create index case_views_uncommitted on case_views (tenant_id, viewed_at) where not committed;

-- Search: keyed hashes of character pairs of the subject and description; no text, no name.
create table case_search (
  tenant_id text not null,
  case_id uuid not null,
  tokens bigint[] not null,
  primary key (tenant_id, case_id),
  foreign key (tenant_id, case_id) references cases
);
create index case_search_tokens on case_search using gin (tokens);

create table drafts (
  tenant_id text not null references tenants,
  draft_id uuid not null,
  token_hash bytea not null,
  procedure text not null,
  content bytea not null,           -- under a key made from the token itself: unreadable without it
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  filed_case uuid,
  primary key (tenant_id, draft_id)
);
create unique index drafts_token on drafts (tenant_id, token_hash);

create table outbox (
  tenant_id text not null references tenants,
  message_id uuid not null,
  case_id uuid,
  kind text not null check (kind in ('mail', 'sms', 'webhook')),
  text_id text not null,
  content bytea not null,           -- receiver and words, encrypted
  status text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null,
  leased_until timestamptz,
  last_error text,
  queued_at timestamptz not null,
  sent_at timestamptz,
  primary key (tenant_id, message_id)
);
create index outbox_waiting on outbox (tenant_id, next_at) where status = 'waiting';

create table escalations (
  tenant_id text not null,
  escalation_id uuid not null,
  case_id uuid not null,
  kind text not null check (kind in ('overdue', 'due-soon', 'orphan', 'bounced', 'paused', 'unacknowledged', 'incident')),
  subject text not null,            -- deadline id or task element
  level int not null,               -- steps up the reporting line
  post_id text,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  primary key (tenant_id, escalation_id),
  unique (tenant_id, case_id, kind, subject, level),
  foreign key (tenant_id, case_id) references cases
);
create index escalations_open on escalations (tenant_id, post_id) where resolved_at is null;

create table idempotency_keys (
  tenant_id text not null references tenants,
  key_hash bytea not null,
  request_hash bytea not null,
  case_id uuid,
  answer bytea,                     -- under a key made from the idempotency key itself
  created_at timestamptz not null,
  primary key (tenant_id, key_hash)
);

-- Background work that people can watch.
create table jobs (
  tenant_id text not null references tenants,
  job_id uuid not null,
  kind text not null,
  input jsonb not null default '{}',
  status text not null default 'waiting' check (status in ('waiting', 'running', 'done', 'failed')),
  done int not null default 0,
  total int,
  note text,
  result jsonb,
  attempts int not null default 0,
  leased_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  finished_at timestamptz,
  primary key (tenant_id, job_id)
);
create index jobs_waiting on jobs (tenant_id, created_at) where status in ('waiting', 'running');

-- Case keys: their own schema and role; the program reaches them one case at a time, wrapped.
create schema vault authorization xiangli_keys;
create table vault.case_keys (
  tenant_id text not null,
  case_id uuid not null,
  wrapped bytea not null,
  wrapping_key text not null,
  primary key (tenant_id, case_id)
);
alter table vault.case_keys owner to xiangli_keys;
create function vault.put_key(p_tenant text, p_case uuid, p_wrapped bytea, p_wrapping text) returns void
language sql security definer set search_path = vault, pg_temp as $$
  insert into vault.case_keys select p_tenant, p_case, p_wrapped, p_wrapping where p_tenant = current_setting('app.tenant', true);
$$;
create function vault.get_keys(p_tenant text, p_cases uuid[]) returns table (case_id uuid, wrapped bytea, wrapping_key text)
language sql stable security definer set search_path = vault, pg_temp as $$
  select k.case_id, k.wrapped, k.wrapping_key from vault.case_keys k where k.tenant_id = p_tenant and p_tenant = current_setting('app.tenant', true) and k.case_id = any(p_cases);
$$;
create function vault.keys_under(p_tenant text, p_not_wrapping text, p_limit int) returns table (case_id uuid, wrapped bytea, wrapping_key text)
language sql stable security definer set search_path = vault, pg_temp as $$
  select k.case_id, k.wrapped, k.wrapping_key from vault.case_keys k where k.tenant_id = p_tenant and p_tenant = current_setting('app.tenant', true) and k.wrapping_key <> p_not_wrapping limit p_limit;
$$;
create function vault.rewrap_key(p_tenant text, p_case uuid, p_wrapped bytea, p_wrapping text) returns void
language sql security definer set search_path = vault, pg_temp as $$
  update vault.case_keys set wrapped = p_wrapped, wrapping_key = p_wrapping where tenant_id = p_tenant and p_tenant = current_setting('app.tenant', true) and case_id = p_case;
$$;
create function vault.destroy_key(p_tenant text, p_case uuid) returns void
language sql security definer set search_path = vault, pg_temp as $$
  delete from vault.case_keys where tenant_id = p_tenant and p_tenant = current_setting('app.tenant', true) and case_id = p_case;
$$;
do $$
declare f text;
begin
  foreach f in array array['put_key(text,uuid,bytea,text)', 'get_keys(text,uuid[])', 'keys_under(text,text,int)', 'rewrap_key(text,uuid,bytea,text)', 'destroy_key(text,uuid)'] loop
    execute format('alter function vault.%s owner to xiangli_keys', f);
    execute format('revoke all on function vault.%s from public', f);
    execute format('grant execute on function vault.%s to xiangli_app', f);
  end loop;
end $$;
grant usage on schema vault to xiangli_app;

-- Row-level security: the tenant on every table, the sealed class on cases.
do $$
declare t text;
begin
  foreach t in array array['registers', 'register_entries', 'post_holders', 'packages', 'published_procedures', 'parameter_overrides', 'parties',
    'party_lookups', 'events', 'tasks', 'deadlines', 'timers', 'subscriptions', 'incidents', 'files', 'document_series', 'documents',
    'document_services', 'case_links', 'case_grants', 'recusals', 'case_messages', 'case_views', 'case_search', 'drafts', 'outbox', 'escalations',
    'idempotency_keys', 'jobs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update, delete on %I to xiangli_app', t);
  end loop;
end $$;
alter table cases enable row level security;
create policy tenant_and_seal on cases using (
  tenant_id = current_setting('app.tenant', true)
  and (sealed_class is null or current_setting('app.sealed', true) = '*'
       or sealed_class = any (string_to_array(coalesce(current_setting('app.sealed', true), ''), ','))));
grant select, insert, update on cases to xiangli_app;
-- What happened stays: the program may empty a payload (disposal), never delete or rewrite an event.
revoke update, delete on events from xiangli_app;
grant update (payload) on events to xiangli_app;
revoke delete on documents, document_services, case_views, register_entries, packages from xiangli_app;
alter table tenants enable row level security;
create policy everyone_may_list on tenants for select using (true);
create policy own on tenants for update using (tenant_id = current_setting('app.tenant', true));
grant select, update on tenants to xiangli_app;
grant select on register_current, organizations, posts to xiangli_app;
