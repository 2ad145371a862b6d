-- Codes with which a party confirms that she signs the text of one document. The code itself is never kept.
create table signing_codes (
  tenant_id text not null,
  code_id uuid not null,
  case_id uuid not null,
  party_id uuid not null,
  document text not null,
  text_hash text not null,          -- the text that was shown; another text needs another code
  code_hash bytea not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  tries int not null default 0,
  used_at timestamptz,
  primary key (tenant_id, code_id),
  foreign key (tenant_id, case_id) references cases
);
create index signing_codes_party on signing_codes (tenant_id, case_id, party_id, made_at desc);
alter table signing_codes enable row level security;
create policy tenant on signing_codes using (tenant_id = current_setting('app.tenant', true));
grant select, insert, update on signing_codes to xiangli_app;

-- A person's own calendar of sessions: an address that nobody can guess, which she can end.
create table calendar_feeds (
  tenant_id text not null references tenants,
  feed_hash bytea not null,         -- of the secret in the address
  case_id uuid not null,            -- the sessions of one case that one party takes part in
  party_id uuid not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, feed_hash),
  foreign key (tenant_id, case_id) references cases
);
create index calendar_feeds_case on calendar_feeds (tenant_id, case_id);
alter table calendar_feeds enable row level security;
create policy tenant on calendar_feeds using (tenant_id = current_setting('app.tenant', true));
grant select, insert, update on calendar_feeds to xiangli_app;
