-- The library of procedures (流程库): drafts, publications with two people, and reviewed migrations of running cases.

-- A package being written. Nothing runs from it. authors: everybody who changed it; none of them may publish it.
create table procedure_drafts (
  tenant_id text not null references tenants,
  draft_id uuid not null,
  slug text not null,
  base_hash text,                   -- the version it was made from; null: a new procedure
  files jsonb not null,             -- path -> text
  status text not null default 'open' check (status in ('open', 'submitted', 'published', 'discarded')),
  authors text[] not null,
  note text,                        -- why it is to be published (while submitted), or why it came back
  submitted_by text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, draft_id)
);
create index procedure_drafts_open on procedure_drafts (tenant_id, updated_at desc) where status in ('open', 'submitted');

-- Every publication, for ever. published_procedures says what is in force; this says how it came to be.
create table procedure_publications (
  tenant_id text not null references tenants,
  publication_id uuid not null,     -- also the source of its leaf in the log
  slug text not null,
  package_hash text not null,
  version text not null,
  effective_from date not null,
  effective_to date,
  authors text[] not null,
  published_by text not null,
  reason text not null,
  draft_id uuid,
  published_at timestamptz not null,
  primary key (tenant_id, publication_id),
  foreign key (tenant_id, package_hash) references packages
);
create index procedure_publications_slug on procedure_publications (tenant_id, slug, published_at desc);

-- A plan by which running cases of one version go over to another. The dry run is kept with it: that is what was reviewed.
create table procedure_migrations (
  tenant_id text not null references tenants,
  migration_id uuid not null,
  slug text not null,
  from_hash text not null,
  to_hash text not null,
  moves jsonb not null,             -- element of the old version -> element of the new; the same id where nothing is said
  reason text not null,
  basis text not null,              -- the legal basis
  status text not null default 'planned' check (status in ('planned', 'approved', 'refused', 'running', 'done')),
  dry_run jsonb not null,
  drawn_up_by text not null,
  drawn_up_at timestamptz not null,
  reviewed_by text,
  reviewed_at timestamptz,
  review_note text,
  job_id uuid,
  finished_at timestamptz,
  primary key (tenant_id, migration_id),
  foreign key (tenant_id, from_hash) references packages (tenant_id, package_hash),
  foreign key (tenant_id, to_hash) references packages (tenant_id, package_hash),
  check (reviewed_by is null or reviewed_by <> drawn_up_by)
);
create index procedure_migrations_slug on procedure_migrations (tenant_id, slug, drawn_up_at desc);

-- What became of each case. A case that does not fit stays where it is, with the reason.
create table procedure_migration_cases (
  tenant_id text not null,
  migration_id uuid not null,
  case_id uuid not null,
  outcome text not null check (outcome in ('migrated', 'stays')),
  code text,
  element text,
  recorded_at timestamptz not null,
  primary key (tenant_id, migration_id, case_id),
  foreign key (tenant_id, migration_id) references procedure_migrations,
  foreign key (tenant_id, case_id) references cases
);

-- Running cases by version: the dry run and the counts on the diagram read only these.
create index cases_open_package on cases (tenant_id, package_hash) where status = 'open';

do $$
declare t text;
begin
  foreach t in array array['procedure_drafts', 'procedure_publications', 'procedure_migrations', 'procedure_migration_cases'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update on %I to xiangli_app', t);
  end loop;
end $$;
-- What was published, and what became of a case, is never rewritten.
revoke update on procedure_publications from xiangli_app;
