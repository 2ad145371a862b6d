-- Ballots of residents: who voted and what was voted never meet in the clear, and both are gone when the ballot is closed (decision 0020).
create table ballots (
  tenant_id text not null,
  ballot_id uuid not null,
  case_id uuid not null,
  element text not null,
  question text not null,
  options jsonb not null,
  choose int not null check (choose > 0),
  batch int not null check (batch >= 5),
  opens_on date not null,
  closes_on date not null check (closes_on >= opens_on),
  status text not null default 'open' check (status in ('open', 'closed')),
  wrapped bytea,                    -- key of the votes that wait and of the running sums; a new one at every mixing, none after closing
  wrapping_key text,
  tally bytea,                      -- running sums under that key; null: no vote was mixed yet
  result jsonb,                     -- sums, once closed
  primary key (tenant_id, ballot_id),
  unique (tenant_id, case_id, element),
  foreign key (tenant_id, case_id) references cases
);
create index ballots_closes on ballots (tenant_id, closes_on desc);
-- One mark for each voter: a keyed hash that is worth nothing outside this ballot. No time, no order, no vote.
create table ballot_marks (
  tenant_id text not null,
  ballot_id uuid not null,
  mark bytea not null,
  is_mixed boolean not null default false,
  primary key (tenant_id, ballot_id, mark),
  foreign key (tenant_id, ballot_id) references ballots
);
-- Votes that wait to be mixed: of one length, each under the ballot's key. No voter, no time; the id is random.
create table ballot_pool (
  tenant_id text not null,
  ballot_id uuid not null,
  pool_id uuid not null,
  sealed bytea not null,
  primary key (tenant_id, ballot_id, pool_id),
  foreign key (tenant_id, ballot_id) references ballots
);

do $$
declare t text;
begin
  foreach t in array array['ballots', 'ballot_marks', 'ballot_pool'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update, delete on %I to xiangli_app', t);
  end loop;
end $$;

-- A ballot is opened by the step that says so, or not at all.
alter function commit_step(jsonb) rename to commit_step_public;
create function commit_step(p jsonb) returns void
language plpgsql as $$
begin
  perform commit_step_public(p);
  if p ? 'ballots' then
    insert into ballots (tenant_id, ballot_id, case_id, element, question, options, choose, batch, opens_on, closes_on, wrapped, wrapping_key)
      select p->>'tenant', r.ballot_id, (p->>'case_id')::uuid, r.element, r.question, r.options, r.choose, r.batch, r.opens_on, r.closes_on,
        decode(r.wrapped, 'base64'), r.wrapping_key
      from jsonb_to_recordset(p->'ballots') as r(ballot_id uuid, element text, question text, options jsonb, choose int, batch int, opens_on date,
        closes_on date, wrapped text, wrapping_key text);
  end if;
end $$;
revoke all on function commit_step(jsonb) from public;
grant execute on function commit_step(jsonb) to xiangli_app;
