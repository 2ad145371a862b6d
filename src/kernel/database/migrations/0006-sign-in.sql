-- Ways to sign in beside the password: codes by phone and mail, passkeys, other identity providers; recovery codes; and
-- when a session last showed who sits there. Phones and addresses are keyed hashes beside sealed text, as in 0002.

alter table auth_users add column phone_key text;
alter table auth_users add constraint auth_users_phone unique (tenant_id, phone_key);

alter table auth_sessions add column authenticated_at timestamptz not null default now();
alter table auth_sessions add column method text not null default 'password'
  check (method in ('password', 'code', 'passkey', 'recovery', 'provider', 'provider_strong'));

-- One code that was sent. code_hash is a keyed hash over the row's id and the code; the receiver is sealed.
create table sign_in_codes (
  tenant_id text not null references tenants (tenant_id),
  code_id text not null,
  purpose text not null check (purpose in ('sign_in', 'again', 'contact')),
  channel text not null check (channel in ('sms', 'mail')),
  receiver_key text not null,
  receiver text not null,
  user_id text,
  code_hash text not null,
  failures integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, code_id),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index sign_in_codes_expiry on sign_in_codes (tenant_id, expires_at);

-- Challenges of passkeys and states of providers: deleted by the one use they have. challenge is a keyed hash.
create table sign_in_challenges (
  tenant_id text not null references tenants (tenant_id),
  challenge text not null,
  kind text not null check (kind in ('passkey_add', 'passkey_use', 'provider')),
  binding text not null,
  payload text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, challenge)
);
create index sign_in_challenges_expiry on sign_in_challenges (tenant_id, expires_at);

create table passkeys (
  tenant_id text not null,
  passkey_id text not null,
  user_id text not null,
  credential_id text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (tenant_id, passkey_id),
  unique (tenant_id, credential_id),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index passkeys_user on passkeys (tenant_id, user_id);

create table recovery_codes (
  tenant_id text not null,
  user_id text not null,
  code_hash text not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, user_id, code_hash),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);

create table identity_providers (
  tenant_id text not null references tenants (tenant_id),
  provider_id text not null check (provider_id ~ '^[a-z][a-z0-9-]{1,30}$'),
  issuer text not null,
  client_id text not null,
  client_secret text,
  kind text not null check (kind in ('staff', 'resident')),
  label jsonb not null,
  -- The provider itself asks staff for a second factor.
  strong boolean not null default false,
  enabled boolean not null default true,
  created_at timestamptz not null,
  primary key (tenant_id, provider_id)
);

-- Who somebody is at a provider: a keyed hash over issuer and subject, and nothing else that the provider says.
create table provider_links (
  tenant_id text not null,
  subject_key text not null,
  user_id text not null,
  issuer text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (tenant_id, subject_key),
  foreign key (tenant_id, user_id) references auth_users (tenant_id, id) on delete cascade
);
create index provider_links_user on provider_links (tenant_id, user_id);

alter table sign_in_codes enable row level security;
alter table sign_in_challenges enable row level security;
alter table passkeys enable row level security;
alter table recovery_codes enable row level security;
alter table identity_providers enable row level security;
alter table provider_links enable row level security;

create policy tenant on sign_in_codes to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on sign_in_challenges to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on passkeys to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on recovery_codes to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on identity_providers to xiangli_app using (tenant_id = current_setting('app.tenant', true));
create policy tenant on provider_links to xiangli_app using (tenant_id = current_setting('app.tenant', true));

grant select, insert, update, delete
  on sign_in_codes, sign_in_challenges, passkeys, recovery_codes, identity_providers, provider_links
  to xiangli_app;

drop function find_auth_session (text, text, timestamptz);
create function find_auth_session(p_tenant text, p_token text, p_now timestamptz)
returns table (
  session_id text, expires_at timestamptz, user_id text, kind text, name text, email_sealed text, language text, second_factor boolean,
  authenticated_at timestamptz, method text
)
language plpgsql as $$
declare
  outer_tenant text := coalesce(current_setting('app.tenant', true), '');
begin
  perform set_config('app.tenant', p_tenant, true);
  return query
    select s.id, s.expires_at, u.id, u.kind, u.name, u.email_sealed, u.language, u.two_factor_enabled, s.authenticated_at, s.method
    from auth_sessions s
    join auth_users u on u.tenant_id = s.tenant_id and u.id = s.user_id
    where s.tenant_id = p_tenant and s.token = p_token and s.expires_at > p_now and u.disabled_at is null;
  perform set_config('app.tenant', outer_tenant, true);
end
$$;
revoke all on function find_auth_session (text, text, timestamptz) from public;
grant execute on function find_auth_session (text, text, timestamptz) to xiangli_app;
