-- Who is kept out, who stands in for whom, what opened under a broken seal: everything the access rule needs beside readers and recusals.

alter table cases
  add column excluded text[] not null default '{}',  -- keys of posts and bodies that never get in: the unit complained of and its line (src/kernel/access/excluded.ts)
  add column embargo_until timestamptz;              -- results are not shown to parties before this instant
alter table tasks add column barred text[] not null default '{}'; -- accounts that completed a task which another person must do (xl:four-eyes)
alter table parties add column blind boolean not null default false; -- the person named in a sealed accusation: neither told nor let in
alter table documents add column visible_from timestamptz;        -- parties see it from this instant on
alter table case_messages add column party_id uuid, add column sealed_class text;
alter table case_views add column words bytea;                    -- the reason in words, under the case's key
alter table recusals
  add column kind text not null default 'other' check (kind in ('interest', 'kin', 'subject', 'other')),
  add column how text not null default 'declared' check (how in ('declared', 'ordered')),
  add column request_id uuid;

-- Who is complained of: an organization or the holder of a post. The name of a person stands under the case's key only.
create table case_subjects (
  tenant_id text not null,
  case_id uuid not null,
  subject_id uuid not null,
  organization_id text,
  post_id text,
  name bytea,
  named_at timestamptz not null,
  named_by text not null,
  primary key (tenant_id, case_id, subject_id),
  foreign key (tenant_id, case_id) references cases
);

-- Somebody acts for a party: how far, until when, on which evidence; the party can limit and end it.
create table mandates (
  tenant_id text not null,
  case_id uuid not null,
  mandate_id uuid not null,
  party_id uuid not null,
  kind text not null check (kind in ('guardian', 'relative', 'village-officer', 'lawyer', 'other')),
  identity bytea not null,          -- name and contacts of the proxy under the case's key
  evidence bytea not null,          -- what the mandate rests on, in words, under the case's key
  file_id uuid,
  acts text[] not null,             -- beyond reading: message, send, export
  from_on date not null,
  to_on date,
  account_id text,
  receipt_hash bytea,
  made_at timestamptz not null,
  made_by text not null,
  revoked_at timestamptz,
  revoked_by text,
  primary key (tenant_id, case_id, mandate_id),
  foreign key (tenant_id, case_id, party_id) references parties
);
create index mandates_receipt on mandates (tenant_id, receipt_hash) where receipt_hash is not null;
create index mandates_account on mandates (tenant_id, account_id) where account_id is not null;

-- Break-glass: asked by one, decided by another, one case, a day at most.
create table break_glass (
  tenant_id text not null,
  glass_id uuid not null,
  case_id uuid not null,
  user_id text not null,
  post_id text,
  purpose text not null check (purpose in ('danger', 'law', 'complaint', 'audit')),
  reason bytea not null,            -- under the case's key
  asked_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  decided_post text,
  is_granted boolean,
  answer bytea,
  open_until timestamptz,
  tell_by date,
  told_at timestamptz,
  primary key (tenant_id, glass_id),
  foreign key (tenant_id, case_id) references cases,
  check (decided_by is distinct from user_id),
  check (open_until is null or open_until <= decided_at + interval '24 hours')
);
create index break_glass_case on break_glass (tenant_id, case_id);
create index break_glass_open on break_glass (tenant_id, user_id, open_until) where is_granted;
create index break_glass_waiting on break_glass (tenant_id, asked_at) where decided_at is null;

-- A party asks that somebody be kept off her matter; the head decides with a reason.
create table recusal_requests (
  tenant_id text not null,
  request_id uuid not null,
  case_id uuid not null,
  party_id uuid not null,
  post_id text not null,
  kind text not null check (kind in ('interest', 'kin', 'subject', 'other')),
  words bytea not null,
  asked_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  decided_post text,
  is_granted boolean,
  answer bytea,
  primary key (tenant_id, request_id),
  foreign key (tenant_id, case_id) references cases
);
create index recusal_requests_case on recusal_requests (tenant_id, case_id);

-- Work that passed from one person to another as a whole.
create table hand_overs (
  tenant_id text not null references tenants,
  hand_over_id uuid not null,
  from_user text not null,
  to_user text not null,
  note text not null,
  moved int not null,
  laid_back int not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (tenant_id, hand_over_id)
);

do $$
declare t text;
begin
  foreach t in array array['case_subjects', 'mandates', 'break_glass', 'recusal_requests', 'hand_overs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (tenant_id = current_setting(''app.tenant'', true))', t);
    execute format('grant select, insert, update on %I to xiangli_app', t);
  end loop;
end $$;

-- What load_case does not give: read in the same statement.
create function load_access(p_tenant text, p_case uuid) returns jsonb
language plpgsql stable as $$
declare result jsonb;
begin
  perform set_config('app.tenant', p_tenant, true);
  select jsonb_build_object(
    'subjects', coalesce((select jsonb_agg(jsonb_build_object('subject_id', s.subject_id, 'organization_id', s.organization_id, 'post_id', s.post_id, 'name', encode(s.name, 'base64')) order by s.named_at, s.subject_id)
                 from case_subjects s where s.tenant_id = p_tenant and s.case_id = p_case), '[]'),
    'mandates', coalesce((select jsonb_agg(to_jsonb(m) - 'identity' - 'evidence' - 'receipt_hash' || jsonb_build_object('identity', encode(m.identity, 'base64'), 'evidence', encode(m.evidence, 'base64')) order by m.made_at, m.mandate_id)
                 from mandates m where m.tenant_id = p_tenant and m.case_id = p_case), '[]'))
  into result;
  return result;
end $$;

-- Written after commit_step in the same statement, when a step has anything of the kind.
create function commit_access(p jsonb) returns void
language plpgsql as $$
declare
  v_tenant text := p->>'tenant';
  v_now timestamptz := (p->>'now')::timestamptz;
  v_case uuid := (p->>'case_id')::uuid;
  a jsonb := p->'access';
begin
  if a is null then return; end if;
  perform set_config('app.tenant', v_tenant, true), set_config('app.sealed', '*', true);
  if a ? 'excluded' then
    update cases set excluded = array(select jsonb_array_elements_text(a->'excluded')) where tenant_id = v_tenant and case_id = v_case;
  end if;
  if a ? 'embargo_until' then
    update cases set embargo_until = (a->>'embargo_until')::timestamptz where tenant_id = v_tenant and case_id = v_case;
  end if;
  if a ? 'barred' then
    update tasks t set barred = array(select jsonb_array_elements_text(r.barred))
      from jsonb_to_recordset(a->'barred') as r(task_id uuid, barred jsonb) where t.tenant_id = v_tenant and t.case_id = v_case and t.task_id = r.task_id;
  end if;
  if a ? 'blind' then
    update parties set blind = true, account_id = null, receipt_hash = null
      where tenant_id = v_tenant and case_id = v_case and party_id::text in (select jsonb_array_elements_text(a->'blind'));
  end if;
  if a ? 'messages' then
    update case_messages m set party_id = r.party_id, sealed_class = r.sealed_class
      from jsonb_to_recordset(a->'messages') as r(message_id uuid, party_id uuid, sealed_class text) where m.tenant_id = v_tenant and m.message_id = r.message_id;
  end if;
  if a ? 'letters' then
    update outbox o set next_at = r.next_at from jsonb_to_recordset(a->'letters') as r(message_id uuid, next_at timestamptz)
      where o.tenant_id = v_tenant and o.message_id = r.message_id;
  end if;
  if a ? 'documents' then
    update documents d set visible_from = r.visible_from
      from jsonb_to_recordset(a->'documents') as r(document_id uuid, visible_from timestamptz) where d.tenant_id = v_tenant and d.document_id = r.document_id;
  end if;
  if a ? 'subjects' then
    insert into case_subjects (tenant_id, case_id, subject_id, organization_id, post_id, name, named_at, named_by)
      select v_tenant, v_case, r.subject_id, r.organization_id, r.post_id, decode(r.name, 'base64'), v_now, r.named_by
      from jsonb_to_recordset(a->'subjects') as r(subject_id uuid, organization_id text, post_id text, name text, named_by text);
  end if;
  if a ? 'mandates' then
    insert into mandates (tenant_id, case_id, mandate_id, party_id, kind, identity, evidence, file_id, acts, from_on, to_on, account_id, receipt_hash, made_at, made_by)
      select v_tenant, v_case, r.mandate_id, r.party_id, r.kind, decode(r.identity, 'base64'), decode(r.evidence, 'base64'), r.file_id,
        array(select jsonb_array_elements_text(r.acts)), r.from_on, r.to_on, r.account_id, decode(r.receipt_hash, 'hex'), v_now, r.made_by
      from jsonb_to_recordset(a->'mandates') as r(mandate_id uuid, party_id uuid, kind text, identity text, evidence text, file_id uuid, acts jsonb, from_on date, to_on date, account_id text, receipt_hash text, made_by text);
  end if;
  if a ? 'mandates_update' then
    update mandates m set acts = array(select jsonb_array_elements_text(r.acts)), to_on = r.to_on,
        revoked_at = case when r.is_revoked then coalesce(m.revoked_at, v_now) else m.revoked_at end, revoked_by = case when r.is_revoked then coalesce(m.revoked_by, r.revoked_by) else m.revoked_by end
      from jsonb_to_recordset(a->'mandates_update') as r(mandate_id uuid, acts jsonb, to_on date, is_revoked boolean, revoked_by text)
      where m.tenant_id = v_tenant and m.case_id = v_case and m.mandate_id = r.mandate_id;
  end if;
  if a ? 'recusals' then
    insert into recusals (tenant_id, case_id, user_id, ground, kind, how, request_id, declared_at, declared_by)
      select v_tenant, v_case, r.user_id, r.how, r.kind, r.how, r.request_id, v_now, r.declared_by
      from jsonb_to_recordset(a->'recusals') as r(user_id text, kind text, how text, request_id uuid, declared_by text)
    on conflict do nothing;
  end if;
  if a ? 'recusal_requests' then
    insert into recusal_requests (tenant_id, request_id, case_id, party_id, post_id, kind, words, asked_at)
      select v_tenant, r.request_id, v_case, r.party_id, r.post_id, r.kind, decode(r.words, 'base64'), v_now
      from jsonb_to_recordset(a->'recusal_requests') as r(request_id uuid, party_id uuid, post_id text, kind text, words text);
  end if;
  if a ? 'recusal_decisions' then
    update recusal_requests q set decided_at = v_now, decided_by = r.decided_by, decided_post = r.decided_post, is_granted = r.is_granted, answer = decode(r.answer, 'base64')
      from jsonb_to_recordset(a->'recusal_decisions') as r(request_id uuid, decided_by text, decided_post text, is_granted boolean, answer text)
      where q.tenant_id = v_tenant and q.case_id = v_case and q.request_id = r.request_id and q.decided_at is null;
  end if;
  if a ? 'glass' then
    insert into break_glass (tenant_id, glass_id, case_id, user_id, post_id, purpose, reason, asked_at)
      select v_tenant, r.glass_id, v_case, r.user_id, r.post_id, r.purpose, decode(r.reason, 'base64'), v_now
      from jsonb_to_recordset(a->'glass') as r(glass_id uuid, user_id text, post_id text, purpose text, reason text);
  end if;
  if a ? 'glass_decisions' then
    update break_glass g set decided_at = v_now, decided_by = r.decided_by, decided_post = r.decided_post, is_granted = r.is_granted, answer = decode(r.answer, 'base64'),
        open_until = r.open_until, tell_by = r.tell_by, told_at = case when r.is_told then v_now end
      from jsonb_to_recordset(a->'glass_decisions') as r(glass_id uuid, decided_by text, decided_post text, is_granted boolean, answer text, open_until timestamptz, tell_by date, is_told boolean)
      where g.tenant_id = v_tenant and g.case_id = v_case and g.glass_id = r.glass_id and g.decided_at is null;
  end if;
end $$;
revoke all on function load_access(text, uuid), commit_access(jsonb) from public;
grant execute on function load_access(text, uuid), commit_access(jsonb) to xiangli_app;
