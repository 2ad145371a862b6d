-- What persons ask about their own data, disposal that two persons approve, and files derived by redaction.
create table personal_requests (
  tenant_id text not null,
  request_id uuid not null,
  case_id uuid not null,
  party_id uuid not null,
  kind text not null check (kind in ('copy', 'contacts', 'correct', 'erase', 'consent')),
  status text not null check (status in ('open', 'granted', 'refused')),
  words bytea not null,             -- what is asked and answered, under the case's key
  asked_at timestamptz not null,
  due_on date,                      -- a promise of the town, not a limit of the law
  decided_at timestamptz,
  decided_by text,                  -- account of staff; null: the program itself, by the retention rule
  primary key (tenant_id, request_id),
  foreign key (tenant_id, case_id) references cases
);
create index personal_requests_case on personal_requests (tenant_id, case_id);
create index personal_requests_open on personal_requests (tenant_id, due_on) where status = 'open';

create table disposals (
  tenant_id text not null,
  case_id uuid not null,
  number text not null,
  procedure text not null,
  class text not null,              -- retention class and its mark, as the package says
  disposal text not null check (disposal in ('erase', 'archive')),
  retain_until date not null,
  status text not null default 'proposed' check (status in ('proposed', 'approved', 'done', 'kept')),
  proposed_at timestamptz not null,
  first_by text,
  first_at timestamptz,
  second_by text,
  second_at timestamptz,
  done_at timestamptz,
  primary key (tenant_id, case_id),
  foreign key (tenant_id, case_id) references cases,
  check (second_by is null or second_by <> first_by),
  check (status not in ('approved', 'done') or (first_by is not null and second_by is not null))
);
create index disposals_status on disposals (tenant_id, status, retain_until);

create table redactions (
  tenant_id text not null,
  file_id uuid not null,            -- the derived file
  original_id uuid not null,
  case_id uuid not null,
  rectangles int not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (tenant_id, file_id),
  foreign key (tenant_id, file_id) references files,
  foreign key (tenant_id, original_id) references files,
  foreign key (tenant_id, case_id) references cases
);
create index redactions_case on redactions (tenant_id, case_id);

do $$
declare t text;
begin
  foreach t in array array['personal_requests', 'disposals', 'redactions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update on %I to xiangli_app', t);
  end loop;
end $$;
