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
