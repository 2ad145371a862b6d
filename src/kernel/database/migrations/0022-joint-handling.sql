-- How a public case stands in one word (publication.standings of its package), for honest counts and for the list.
alter table public_cases add column standing text not null default 'open';
create index public_cases_standing on public_cases (tenant_id, procedure, standing, filed_at desc);

alter function commit_step(jsonb) rename to commit_step_before_0022;
create function commit_step(p jsonb) returns void
language plpgsql as $$
begin
  perform commit_step_before_0022(p);
  if p ? 'public_case' then
    update public_cases set standing = coalesce(p->'public_case'->>'standing', 'open')
      where tenant_id = p->>'tenant' and case_id = (p->>'case_id')::uuid;
  end if;
end $$;
revoke all on function commit_step(jsonb) from public;
grant execute on function commit_step(jsonb) to xiangli_app;
