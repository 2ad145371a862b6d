-- What is public ends with a reason (end-publication@1), and people say how they were served (好差评).

-- One rating for one case, after it is closed. Words are under the case's key.
create table case_ratings (
  tenant_id text not null,
  case_id uuid not null,
  procedure text not null,
  office text,                      -- the body that handled it
  rating int not null check (rating between 1 and 5),
  words bytea,
  rated_at timestamptz not null,
  rated_on date not null,
  -- A low rating with words is called back by somebody who did not handle the case.
  callback_due date,
  provisional boolean not null default false,
  called_at timestamptz,
  called_by text,
  called_outcome text check (called_outcome in ('resolved', 'explained', 'not-reached')),
  called_note bytea,
  primary key (tenant_id, case_id),
  foreign key (tenant_id, case_id) references cases
);
create index case_ratings_open on case_ratings (tenant_id, callback_due) where callback_due is not null and called_at is null;
create index case_ratings_on on case_ratings (tenant_id, rated_on);
alter table case_ratings enable row level security;
create policy tenant on case_ratings using (tenant_id = current_setting('app.tenant', true));
grant select, insert, update on case_ratings to xiangli_app;

alter function commit_step(jsonb) rename to commit_step_before_0021;
create function commit_step(p jsonb) returns void
language plpgsql as $$
begin
  perform commit_step_before_0021(p);
  if p ? 'publications_end' then
    update case_publications o set withdrawn_at = (p->>'now')::timestamptz, withdrawn_reason = r.reason
      from jsonb_to_recordset(p->'publications_end') as r(element text, reason text)
      where o.tenant_id = p->>'tenant' and o.case_id = (p->>'case_id')::uuid and o.element = r.element and o.withdrawn_at is null;
  end if;
end $$;
revoke all on function commit_step(jsonb) from public;
grant execute on function commit_step(jsonb) to xiangli_app;
