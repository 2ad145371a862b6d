-- Consultations: a draft that a case puts before everybody, in numbered paragraphs, and every opinion on it with its answer.
create table consultations (
  tenant_id text not null,
  consultation_id uuid not null,
  case_id uuid not null,
  number text not null,              -- its address: the case's number, and -2, -3 … for later drafts of the same case
  element text not null,             -- the element that put it up; a draft put up again by the same element is another consultation
  title text not null,
  notes text not null default '',    -- why, and what the draft is about
  contact text not null default '',  -- where letters and callers go
  organization_id text,
  shorter_because text,              -- stated when the period is shorter than the law's as a rule
  opens_on date not null,
  closes_on date not null,           -- last day
  opened_at timestamptz not null,
  closed_at timestamptz,
  answered_at timestamptz,           -- when the report of all answers was put up
  last_number int not null default 0,
  primary key (tenant_id, consultation_id),
  unique (tenant_id, number),
  foreign key (tenant_id, case_id) references cases deferrable initially deferred
);
create index consultations_open on consultations (tenant_id, closes_on desc);
create index consultations_case on consultations (tenant_id, case_id);

create table consultation_paragraphs (
  tenant_id text not null,
  consultation_id uuid not null,
  number int not null,
  is_heading boolean not null,
  text text not null,
  primary key (tenant_id, consultation_id, number),
  foreign key (tenant_id, consultation_id) references consultations
);

-- One answer for opinions that say the same; an opinion answered alone has a group of its own.
create table opinion_groups (
  tenant_id text not null,
  consultation_id uuid not null,
  group_id uuid not null,
  title text not null,
  result text check (result in ('adopted', 'partly', 'not-adopted', 'noted')),
  answer text,
  answered_at timestamptz,
  answered_by text,
  version int not null default 1,
  created_at timestamptz not null,
  primary key (tenant_id, consultation_id, group_id),
  foreign key (tenant_id, consultation_id) references consultations
);

create table opinions (
  tenant_id text not null,
  consultation_id uuid not null,
  number int not null,               -- 1, 2, 3 …: a gap would show
  opinion_id uuid not null,
  paragraph int,                     -- null: the draft as a whole
  channel text not null check (channel in ('web', 'counter', 'letter', 'phone', 'meeting')),
  received_on date not null,
  filed_at timestamptz not null,
  sealed bytea not null,             -- the words as they came, name and contact, under the case's key
  payload bytea not null,            -- what the log committed to, under the case's key
  receipt_hash bytea not null,
  request_hash bytea,                -- of the form's key: the same form sent twice is one opinion
  status text not null check (status in ('shown', 'held', 'withheld')),
  shown text,                        -- what everybody may read
  tokens bigint[] not null default '{}', -- keyed hashes of the character pairs of what is shown, nothing else
  rule text,                         -- the published rule under which it is held or withheld
  reason text,
  moderated_by text,
  moderated_at timestamptz,
  appeal bytea,                      -- the author's words, under the case's key
  appealed_at timestamptz,
  appeal_result text check (appeal_result in ('shown', 'kept')),
  appeal_reason text,
  appeal_by text,
  group_id uuid,
  told_at timestamptz,               -- when a message with the answer was queued
  primary key (tenant_id, consultation_id, number),
  unique (tenant_id, opinion_id),
  unique (tenant_id, receipt_hash),
  unique (tenant_id, consultation_id, request_hash),
  foreign key (tenant_id, consultation_id) references consultations,
  foreign key (tenant_id, consultation_id, group_id) references opinion_groups
);
create index opinions_group on opinions (tenant_id, consultation_id, group_id, number);
create index opinions_paragraph on opinions (tenant_id, consultation_id, paragraph, number);
create index opinions_status on opinions (tenant_id, consultation_id, status, number);
create index opinions_appeals on opinions (tenant_id, consultation_id, number) where appealed_at is not null and appeal_result is null;
create index opinions_tokens on opinions using gin (tokens);

do $$ declare t text;
begin
  foreach t in array array['consultations', 'consultation_paragraphs', 'opinion_groups', 'opinions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update on %I to xiangli_app', t);
  end loop;
end $$;
grant delete on opinion_groups to xiangli_app;
