-- Visits recorded on a phone without a signal and sent later, in pieces, over lines that break.
create table field_surveys (
  tenant_id text not null references tenants,
  survey_id uuid not null,            -- made on the phone: sending it again changes nothing
  case_id uuid not null,
  task_id uuid not null,
  user_id text not null,
  files jsonb not null,               -- [{sha256, bytes}]: what will come, as the phone announced it
  begun_at timestamptz not null,
  finished_at timestamptz,
  receipt jsonb,                      -- hashes, numbers and times only
  primary key (tenant_id, survey_id),
  foreign key (tenant_id, case_id) references cases
);
create index field_surveys_open on field_surveys (tenant_id, begun_at) where finished_at is null;
create unique index field_surveys_task on field_surveys (tenant_id, task_id) where finished_at is not null;

-- Pieces of files on their way; the bytes lie in the file store, under the key of the case.
create table field_chunks (
  tenant_id text not null,
  survey_id uuid not null,
  sha256 text not null,
  first_byte int not null,
  bytes int not null,
  chunk_id uuid not null,
  primary key (tenant_id, survey_id, sha256, first_byte),
  foreign key (tenant_id, survey_id) references field_surveys on delete cascade
);

do $$ declare t text;
begin
  foreach t in array array['field_surveys', 'field_chunks'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update, delete on %I to xiangli_app', t);
  end loop;
end $$;
