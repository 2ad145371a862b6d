-- What a procedure counts for its yearly report: one word of a choice for each case, never a person and never free text.
create table case_statistics (
  tenant_id text not null,
  case_id uuid not null,
  name text not null,                 -- statistic of the package
  value text not null,                -- a choice of its form
  primary key (tenant_id, case_id, name),
  foreign key (tenant_id, case_id) references cases
);
alter table case_statistics enable row level security;
create policy tenant on case_statistics using (tenant_id = current_setting('app.tenant', true));
grant select, insert, update on case_statistics to xiangli_app;

-- Written in the statement of commit_step, so that the older function stays as it is.
create function commit_statistics(p jsonb) returns void
language plpgsql as $$
begin
  perform set_config('app.tenant', p->>'tenant', true), set_config('app.sealed', '*', true);
  insert into case_statistics (tenant_id, case_id, name, value)
    select p->>'tenant', (p->>'case_id')::uuid, r.key, r.value from jsonb_each_text(p->'statistics') r
  on conflict (tenant_id, case_id, name) do update set value = excluded.value where case_statistics.value <> excluded.value;
end $$;
revoke all on function commit_statistics(jsonb) from public;
grant execute on function commit_statistics(jsonb) to xiangli_app;
