-- Accounts, sessions and tokens of one town. Sign-in is per tenant: the same address may exist in two towns,
-- and neither learns of the other. The tables auth_* are better-auth's, led by tenant_id; their names and types
-- are compared with better-auth's own expectation by src/kernel/identity/schema.test.ts.
--
-- email is a keyed hash (the look-up key); name, phone and email_sealed are encrypted (src/kernel/identity/seal.ts).

create table auth_users (
  tenant_id text not null default current_setting('app.tenant') references tenants (tenant_id),
  id text not null,
  name text not null,
  email text not null,
  email_sealed text not null,
  email_verified boolean not null default false,
  image text,
  kind text not null check (kind in ('staff', 'resident')),
  phone text,
  language text not null default 'zh',
  disabled_at timestamptz,
  two_factor_enabled boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

create table auth_sessions (
  tenant_id text not null default current_setting('app.tenant'),
  id text not null,
  user_id text not null,
  token text not null,
  expires_at timestamptz not null,
  -- No address of a person's connection is kept; user_agent holds the kind of device only ("Android").
  ip_address text check (coalesce(ip_address, '') = ''),
  user_agent text check (length(user_agent) <= 20),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, token),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index auth_sessions_user on auth_sessions (tenant_id, user_id);

create table auth_accounts (
  tenant_id text not null default current_setting('app.tenant'),
  id text not null,
  user_id text not null,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, provider_id, account_id),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index auth_accounts_user on auth_accounts (tenant_id, user_id);

create table auth_verifications (
  tenant_id text not null default current_setting('app.tenant') references tenants (tenant_id),
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index auth_verifications_identifier on auth_verifications (tenant_id, identifier);

create table auth_two_factors (
  tenant_id text not null default current_setting('app.tenant'),
  id text not null,
  user_id text not null,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default false,
  failed_verification_count integer not null default 0,
  locked_until timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, user_id),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);

-- Failed sign-ins by account and by address. bucket is a keyed hash: neither can be read from it.
create table sign_in_attempts (
  tenant_id text not null default current_setting('app.tenant') references tenants (tenant_id),
  bucket text not null,
  failures integer not null,
  locked_until timestamptz,
  last_at timestamptz not null,
  primary key (tenant_id, bucket)
);

create table rate_limits (
  tenant_id text not null default current_setting('app.tenant') references tenants (tenant_id),
  bucket text not null,
  window_start timestamptz not null,
  expires_at timestamptz not null,
  count integer not null,
  primary key (tenant_id, bucket, window_start)
);
create index rate_limits_expiry on rate_limits (tenant_id, expires_at);

create table api_tokens (
  tenant_id text not null default current_setting('app.tenant'),
  token_id text not null,
  user_id text not null,
  name text not null,
  token_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, token_id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index api_tokens_user on api_tokens (tenant_id, user_id);

alter table auth_users enable row level security;
alter table auth_sessions enable row level security;
alter table auth_accounts enable row level security;
alter table auth_verifications enable row level security;
alter table auth_two_factors enable row level security;
alter table sign_in_attempts enable row level security;
alter table rate_limits enable row level security;
alter table api_tokens enable row level security;

create policy tenant on auth_users to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on auth_sessions to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on auth_accounts to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on auth_verifications to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on auth_two_factors to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on sign_in_attempts to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on rate_limits to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on api_tokens to xiangli_app using (tenant_id = current_setting('app.tenant', true));

grant select, insert, update, delete
  on auth_users, auth_sessions, auth_accounts, auth_verifications, auth_two_factors, sign_in_attempts, rate_limits, api_tokens
  to xiangli_app;

-- One round trip for the look-up that every page makes. It runs with the caller's rights, so row-level security
-- still applies: the setting is made for this statement, and put back for a caller inside a transaction.
create function find_auth_session(p_tenant text, p_token text, p_now timestamptz)
returns table (session_id text, expires_at timestamptz, user_id text, kind text, name text, email_sealed text, language text, second_factor boolean)
language plpgsql as $$
declare
  outer_tenant text := coalesce(current_setting('app.tenant', true), '');
begin
  perform set_config('app.tenant', p_tenant, true);
  return query
    select s.id, s.expires_at, u.id, u.kind, u.name, u.email_sealed, u.language, u.two_factor_enabled
    from auth_sessions s
    join auth_users u on u.tenant_id = s.tenant_id and u.id = s.user_id
    where s.tenant_id = p_tenant and s.token = p_token and s.expires_at > p_now and u.disabled_at is null;
  perform set_config('app.tenant', outer_tenant, true);
end
$$;
revoke all on function find_auth_session (text, text, timestamptz) from public;
grant execute on function find_auth_session (text, text, timestamptz) to xiangli_app;
