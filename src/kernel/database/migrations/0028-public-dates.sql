-- How many opinions of each kind a consultation has: pages read these few rows, not ten thousand opinions. Written in the transaction that
-- changes an opinion, under the lock of the consultation's row.
create table opinion_counts (
  tenant_id text not null,
  consultation_id uuid not null,
  paragraph int not null,            -- 0: the draft as a whole
  status text not null,
  group_id uuid not null,            -- all zeros: none
  count int not null,
  primary key (tenant_id, consultation_id, paragraph, status, group_id),
  foreign key (tenant_id, consultation_id) references consultations
);
alter table opinion_counts enable row level security;
create policy tenant on opinion_counts using (tenant_id = current_setting('app.tenant', true));
grant select, insert, update, delete on opinion_counts to xiangli_app;

insert into opinion_counts (tenant_id, consultation_id, paragraph, status, group_id, count)
  select tenant_id, consultation_id, coalesce(paragraph, 0), status, coalesce(group_id, '00000000-0000-0000-0000-000000000000'), count(*)
  from opinions group by 1, 2, 3, 4, 5;

-- What everybody may know of a session (schedule@1 with `public`): {"title", "place"}. Null: it is for those who take part.
alter table case_sessions add column public jsonb;
create index case_sessions_public on case_sessions (tenant_id, starts_at) where public is not null and not replaced;

alter function commit_step(jsonb) rename to commit_step_before_0028;
create function commit_step(p jsonb) returns void
language plpgsql as $$
begin
  perform commit_step_before_0028(p);
  if p ? 'sessions' then
    update case_sessions s set public = r.public from jsonb_to_recordset(p->'sessions') as r(session_id uuid, public jsonb)
      where s.tenant_id = p->>'tenant' and s.session_id = r.session_id and jsonb_typeof(r.public) = 'object';
  end if;
end $$;
revoke all on function commit_step(jsonb) from public;
grant execute on function commit_step(jsonb) to xiangli_app;
