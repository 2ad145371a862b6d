-- One function writes a step again. Older migrations had wrapped commit_step by renaming it, six calls deep, and two more functions were
-- called beside it; all of it is here in one body, in the same order and with the same effects. Beside it, one function reads a step.

-- A wrapper that this body does not know would be lost in silence.
do $$
declare v_unknown text;
begin
  select string_agg(proname, ', ') into v_unknown from pg_proc where pronamespace = current_schema()::regnamespace and proname like 'commit\_step%'
    and proname not in ('commit_step', 'commit_step_rows', 'commit_step_public', 'commit_step_before_0021', 'commit_step_before_0022');
  if v_unknown is not null then raise exception '0025 does not know %: take what it does into commit_step', v_unknown; end if;
end $$;
drop function commit_step(jsonb), commit_step_before_0022(jsonb), commit_step_before_0021(jsonb), commit_step_public(jsonb), commit_step_rows(jsonb),
  commit_access(jsonb), commit_statistics(jsonb);

-- What everybody may know of a session (schedule@1 with `public`): {"title", "place"}. Null: it is for those who take part.
alter table case_sessions add column public jsonb;
create index case_sessions_public on case_sessions (tenant_id, starts_at) where public is not null and not replaced;

-- Writes all rows of one step. `p` names tables of rows; bytes are base64. `access` holds what only the access rule needs, `statistics`
-- one word for each statistic. Raises XL409 when the case has moved on. A later migration replaces the whole body.
create function commit_step(p jsonb) returns void
language plpgsql as $$
declare
  v_tenant text := p->>'tenant';
  v_now timestamptz := (p->>'now')::timestamptz;
  v_case uuid := (p->>'case_id')::uuid;
  a jsonb := p->'access';
  c jsonb;
begin
  perform set_config('app.tenant', v_tenant, true), set_config('app.sealed', '*', true);
  if p ? 'idempotency' then
    insert into idempotency_keys (tenant_id, key_hash, request_hash, case_id, answer, created_at)
      values (v_tenant, decode(p->'idempotency'->>'key_hash', 'base64'), decode(p->'idempotency'->>'request_hash', 'base64'), v_case,
              decode(p->'idempotency'->>'answer', 'base64'), v_now);
  end if;
  if p ? 'case_insert' then
    c := p->'case_insert';
    insert into cases (tenant_id, case_id, number, procedure, package_hash, status, outcome, channel, upstream_source, upstream_number, filed_at, filed_on,
        handling_office, superior_office, place_id, sealed_class, readers, state, content, event_seq, event_head, next_due_on, closed_at, retain_until)
      values (v_tenant, v_case, c->>'number', c->>'procedure', c->>'package_hash', c->>'status', c->>'outcome', c->>'channel', c->>'upstream_source', c->>'upstream_number',
        v_now, (c->>'filed_on')::date, c->>'handling_office', c->>'superior_office', c->>'place_id', c->>'sealed_class', array(select jsonb_array_elements_text(c->'readers')), c->'state', decode(c->>'content', 'base64'),
        (c->>'event_seq')::int, decode(c->>'event_head', 'base64'), (c->>'next_due_on')::date, (c->>'closed_at')::timestamptz, (c->>'retain_until')::date);
    perform vault.put_key(v_tenant, v_case, decode(p->'key'->>'wrapped', 'base64'), p->'key'->>'wrapping_key');
  elsif p ? 'case_update' then
    c := p->'case_update';
    update cases set version = version + 1, status = c->>'status', outcome = c->>'outcome', handling_office = c->>'handling_office', superior_office = c->>'superior_office',
        sealed_class = c->>'sealed_class', readers = array(select jsonb_array_elements_text(c->'readers')), state = c->'state', content = coalesce(decode(c->>'content', 'base64'), content), event_seq = (c->>'event_seq')::int,
        event_head = decode(c->>'event_head', 'base64'), next_due_on = (c->>'next_due_on')::date, missed = (c->>'missed')::boolean,
        closed_at = (c->>'closed_at')::timestamptz, retain_until = (c->>'retain_until')::date
      where tenant_id = v_tenant and case_id = v_case and version = (c->>'version')::bigint;
    if not found then raise exception 'the case has moved on' using errcode = 'XL409'; end if;
  end if;
  if p ? 'events' then
    with e as materialized (
      select * from jsonb_to_recordset(p->'events') as r(seq int, event_id uuid, type text, name text, element text, actor_kind text, actor_id text, post_id text,
        effective_on date, payload text, commitment text, leaf text)),
    added as (
      insert into events (tenant_id, case_id, seq, event_id, type, name, element, actor_kind, actor_id, post_id, recorded_at, effective_on, payload, commitment)
      select v_tenant, v_case, e.seq, e.event_id, e.type, e.name, e.element, e.actor_kind, e.actor_id, e.post_id, v_now, e.effective_on, decode(e.payload, 'base64'), decode(e.commitment, 'base64') from e)
    insert into ledger_queue (tenant_id, source, leaf) select v_tenant, e.event_id, decode(e.leaf, 'base64') from e order by e.seq;
  end if;
  if p ? 'parties' then
    insert into parties (tenant_id, case_id, party_id, role, kind, identity, account_id, receipt_hash, electronic_service, added_at)
      select v_tenant, v_case, r.party_id, r.role, r.kind, decode(r.identity, 'base64'), r.account_id, decode(r.receipt_hash, 'hex'), r.electronic_service, v_now
      from jsonb_to_recordset(p->'parties') as r(party_id uuid, role text, kind text, identity text, account_id text, receipt_hash text, electronic_service boolean);
  end if;
  if p ? 'lookups' then
    insert into party_lookups (tenant_id, lookup, case_id, party_id)
      select v_tenant, decode(r.lookup, 'base64'), v_case, r.party_id from jsonb_to_recordset(p->'lookups') as r(lookup text, party_id uuid);
  end if;
  if p ? 'tasks_close' then
    update tasks t set status = r.status, closed_at = v_now, closed_by = r.closed_by, version = t.version + 1
      from jsonb_to_recordset(p->'tasks_close') as r(task_id uuid, status text, closed_by text)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.task_id = r.task_id and t.status = 'open';
  end if;
  if p ? 'tasks_open' then
    insert into tasks (tenant_id, task_id, case_id, element, token, form, duties, organization_id, assignee, opened_at, due_on, limit_on, instance)
      select v_tenant, r.task_id, v_case, r.element, r.token, r.form, r.duties, r.organization_id, r.assignee, v_now, r.due_on, r.limit_on, r.instance
      from jsonb_to_recordset(p->'tasks_open') as r(task_id uuid, element text, token text, form text, duties text[], organization_id text, assignee text, due_on date, limit_on date, instance int);
  end if;
  if p ? 'tasks_update' then
    update tasks t set assignee = r.assignee, claimed_at = case when r.assignee is null then null else v_now end, organization_id = r.organization_id, version = t.version + 1
      from jsonb_to_recordset(p->'tasks_update') as r(task_id uuid, assignee text, organization_id text)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.task_id = r.task_id and t.status = 'open';
  end if;
  if p ? 'deadlines' then
    insert into deadlines (tenant_id, case_id, deadline, instance, rule, binds, start_event, start_on, due_on, due_at, provisional, calendar_version, pauses, extensions, status, met_on, missed_at)
      select v_tenant, v_case, r.deadline, r.instance, r.rule, r.binds, r.start_event, r.start_on, r.due_on, r.due_at, r.provisional, r.calendar_version, r.pauses, r.extensions, r.status, r.met_on, r.missed_at
      from jsonb_to_recordset(p->'deadlines') as r(deadline text, instance int, rule jsonb, binds text, start_event text, start_on date, due_on date, due_at timestamptz, provisional boolean,
        calendar_version text, pauses jsonb, extensions jsonb, status text, met_on date, missed_at timestamptz)
    on conflict (tenant_id, case_id, deadline, instance) do update set due_on = excluded.due_on, due_at = excluded.due_at, provisional = excluded.provisional,
      calendar_version = excluded.calendar_version, pauses = excluded.pauses, extensions = excluded.extensions, start_on = excluded.start_on,
      status = excluded.status, met_on = excluded.met_on, missed_at = excluded.missed_at;
    update tasks t set due_on = coalesce(t.limit_on, (coalesce(p->'case_update', p->'case_insert')->>'next_due_on')::date) where t.tenant_id = v_tenant and t.case_id = v_case and t.status = 'open';
    update timers t set due_at = r.due_at, leased_until = null from jsonb_to_recordset(p->'deadlines') as r(deadline text, due_at timestamptz, status text)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.deadline = r.deadline and r.status = 'running';
  end if;
  if p ? 'timers_close' then
    delete from timers t using jsonb_array_elements_text(p->'timers_close') as r(token) where t.tenant_id = v_tenant and t.case_id = v_case and t.token = r.token;
  end if;
  if p ? 'timers_open' then
    insert into timers (tenant_id, case_id, token, element, deadline, due_at, every, times_left)
      select v_tenant, v_case, r.token, r.element, r.deadline, r.due_at, r.every, r.times_left
      from jsonb_to_recordset(p->'timers_open') as r(token text, element text, deadline text, due_at timestamptz, every text, times_left int);
  end if;
  if p ? 'timers_next' then
    update timers t set due_at = r.due_at, times_left = r.times_left, leased_until = null from jsonb_to_recordset(p->'timers_next') as r(token text, due_at timestamptz, times_left int)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.token = r.token;
  end if;
  if p ? 'subscriptions_close' then
    delete from subscriptions s using jsonb_array_elements_text(p->'subscriptions_close') as r(token) where s.tenant_id = v_tenant and s.case_id = v_case and s.token = r.token;
  end if;
  if p ? 'subscriptions_open' then
    insert into subscriptions (tenant_id, case_id, token, element, kind, name)
      select v_tenant, v_case, r.token, r.element, r.kind, r.name from jsonb_to_recordset(p->'subscriptions_open') as r(token text, element text, kind text, name text);
  end if;
  if p ? 'incidents_resolve' then
    update incidents i set resolved_at = v_now, resolved_by = r.resolved_by, resolution = r.resolution
      from jsonb_to_recordset(p->'incidents_resolve') as r(token text, resolved_by text, resolution text)
      where i.tenant_id = v_tenant and i.case_id = v_case and i.token = r.token and i.resolved_at is null;
  end if;
  if p ? 'incidents' then
    insert into incidents (tenant_id, incident_id, case_id, element, token, reason, opened_at)
      select v_tenant, r.incident_id, v_case, r.element, r.token, r.reason, v_now from jsonb_to_recordset(p->'incidents') as r(incident_id uuid, element text, token text, reason text);
  end if;
  if p ? 'actions' then
    insert into case_actions (tenant_id, action_id, case_id, element, token, name, content, next_at, queued_at)
      select v_tenant, r.action_id, v_case, r.element, r.token, r.name, decode(r.content, 'base64'), v_now, v_now
      from jsonb_to_recordset(p->'actions') as r(action_id uuid, element text, token text, name text, content text);
  end if;
  if p ? 'actions_end' then
    update case_actions a set status = r.status, ended_at = v_now, content = ''::bytea
      from jsonb_to_recordset(p->'actions_end') as r(token text, status text)
      where a.tenant_id = v_tenant and a.case_id = v_case and a.token = r.token and a.status in ('waiting', 'failed');
  end if;
  if p ? 'publications' then
    update case_publications o set withdrawn_at = v_now, withdrawn_reason = 'replaced' from jsonb_to_recordset(p->'publications') as r(element text)
      where o.tenant_id = v_tenant and o.case_id = v_case and o.element = r.element and o.withdrawn_at is null;
    insert into case_publications (tenant_id, publication_id, case_id, element, content, document_id, from_on, until_on, published_at)
      select v_tenant, r.publication_id, v_case, r.element, r.content, r.document_id, r.from_on, r.until_on, v_now
      from jsonb_to_recordset(p->'publications') as r(publication_id uuid, element text, content jsonb, document_id uuid, from_on date, until_on date);
  end if;
  if p ? 'public_tasks' then
    insert into public_tasks (tenant_id, public_task_id, case_id, element, title, organization_id, promised_on, due_on)
      select v_tenant, r.public_task_id, v_case, r.element, r.title, r.organization_id, r.promised_on, r.due_on
      from jsonb_to_recordset(p->'public_tasks') as r(public_task_id uuid, element text, title text, organization_id text, promised_on date, due_on date);
  end if;
  if p ? 'public_tasks_end' then
    update public_tasks t set status = r.status, ended_on = r.ended_on from jsonb_to_recordset(p->'public_tasks_end') as r(element text, status text, ended_on date)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.element = r.element and t.status = 'open';
  end if;
  if p ? 'sessions' then
    update case_sessions s set replaced = true from jsonb_to_recordset(p->'sessions') as r(element text)
      where s.tenant_id = v_tenant and s.case_id = v_case and s.element = r.element and not s.replaced;
    insert into case_sessions (tenant_id, session_id, case_id, element, starts_at, ends_at, organization_id, content, made_at, public)
      select v_tenant, r.session_id, v_case, r.element, r.starts_at, r.ends_at, r.organization_id, decode(r.content, 'base64'), v_now,
        case when jsonb_typeof(r.public) = 'object' then r.public end
      from jsonb_to_recordset(p->'sessions') as r(session_id uuid, element text, starts_at timestamptz, ends_at timestamptz, organization_id text, content text, public jsonb);
  end if;
  if p ? 'findings' then
    insert into office_findings (tenant_id, finding_id, case_id, element, organization_id, kind, law, found_on)
      select v_tenant, r.finding_id, v_case, r.element, r.organization_id, r.kind, r.law, r.found_on
      from jsonb_to_recordset(p->'findings') as r(finding_id uuid, element text, organization_id text, kind text, law text, found_on date);
  end if;
  if p ? 'files' then
    insert into files (tenant_id, file_id, case_id, media_type, bytes, name, stored_at)
      select v_tenant, r.file_id, v_case, r.media_type, r.bytes, decode(r.name, 'base64'), v_now from jsonb_to_recordset(p->'files') as r(file_id uuid, media_type text, bytes bigint, name text);
  end if;
  if p ? 'files_attach' then
    update files f set case_id = v_case, draft_id = null from jsonb_array_elements_text(p->'files_attach') as r(file_id)
      where f.tenant_id = v_tenant and f.file_id = r.file_id::uuid and f.case_id is null;
  end if;
  if p ? 'documents' then
    insert into documents (tenant_id, document_id, case_id, document, status, series, year, sequence, number, issuer, issued_on, signed_by, signed_post, content, file_id, verify_hash, supersedes, reason, recorded_at)
      select v_tenant, r.document_id, v_case, r.document, r.status, r.series, r.year, r.sequence, r.number, r.issuer, r.issued_on, r.signed_by, r.signed_post, decode(r.content, 'base64'), r.file_id,
        decode(r.verify_hash, 'base64'), r.supersedes, r.reason, v_now
      from jsonb_to_recordset(p->'documents') as r(document_id uuid, document text, status text, series text, year int, sequence int, number text, issuer text, issued_on date, signed_by text,
        signed_post text, content text, file_id uuid, verify_hash text, supersedes uuid, reason text);
  end if;
  if p ? 'documents_update' then
    update documents d set status = r.status, reason = coalesce(r.reason, d.reason) from jsonb_to_recordset(p->'documents_update') as r(document_id uuid, status text, reason text)
      where d.tenant_id = v_tenant and d.document_id = r.document_id;
  end if;
  if p ? 'services' then
    insert into document_services (tenant_id, service_id, case_id, document_id, method, served_on, proof_file, recorded_at, recorded_by)
      select v_tenant, r.service_id, v_case, r.document_id, r.method, r.served_on, r.proof_file, v_now, r.recorded_by
      from jsonb_to_recordset(p->'services') as r(service_id uuid, document_id uuid, method text, served_on date, proof_file uuid, recorded_by text);
  end if;
  if p ? 'links' then
    insert into case_links (tenant_id, case_id, role, other_case_id, made_at)
      select v_tenant, r.case_id, r.role, r.other_case_id, v_now from jsonb_to_recordset(p->'links') as r(case_id uuid, role text, other_case_id uuid);
  end if;
  if p ? 'grants' then
    insert into case_grants (tenant_id, case_id, organization_id, granted_at, until_on, reason)
      select v_tenant, v_case, r.organization_id, v_now, r.until_on, r.reason from jsonb_to_recordset(p->'grants') as r(organization_id text, until_on date, reason text)
    on conflict do nothing;
  end if;
  if p ? 'messages' then
    insert into case_messages (tenant_id, message_id, case_id, from_kind, from_id, body, sent_at)
      select v_tenant, r.message_id, v_case, r.from_kind, r.from_id, decode(r.body, 'base64'), v_now
      from jsonb_to_recordset(p->'messages') as r(message_id uuid, from_kind text, from_id text, body text);
  end if;
  if p ? 'outbox' then
    insert into outbox (tenant_id, message_id, case_id, kind, text_id, content, next_at, queued_at)
      select v_tenant, r.message_id, v_case, r.kind, r.text_id, decode(r.content, 'base64'), v_now, v_now
      from jsonb_to_recordset(p->'outbox') as r(message_id uuid, kind text, text_id text, content text);
  end if;
  if p ? 'search' then
    insert into case_search (tenant_id, case_id, tokens) select v_tenant, v_case, array(select jsonb_array_elements_text(p->'search')::bigint)
    on conflict (tenant_id, case_id) do update set tokens = excluded.tokens;
  end if;
  if p ? 'escalations' then
    insert into escalations (tenant_id, escalation_id, case_id, kind, subject, level, post_id, opened_at)
      select v_tenant, r.escalation_id, v_case, r.kind, r.subject, r.level, r.post_id, v_now
      from jsonb_to_recordset(p->'escalations') as r(escalation_id uuid, kind text, subject text, level int, post_id text)
    on conflict do nothing;
  end if;
  if p ? 'draft_filed' then
    update drafts set filed_case = v_case, content = ''::bytea, updated_at = v_now where tenant_id = v_tenant and draft_id = (p->>'draft_filed')::uuid;
  end if;
  if p ? 'receipt_replace' then
    update parties set receipt_hash = decode(p->'receipt_replace'->>'receipt_hash', 'hex')
      where tenant_id = v_tenant and case_id = v_case and party_id = (p->'receipt_replace'->>'party_id')::uuid;
  end if;
  if p ? 'resolve_escalations' then
    update escalations set resolved_at = v_now where tenant_id = v_tenant and case_id = v_case and resolved_at is null
      and (kind || ':' || subject) in (select jsonb_array_elements_text(p->'resolve_escalations'));
  end if;
  if p ? 'public_case' then
    insert into public_cases (tenant_id, case_id, number, procedure, category, status, outcome, office, place_id, filed_at, updated_at, closed_at, due_on, fields, standing)
      select v_tenant, v_case, r.number, r.procedure, r.category, r.status, r.outcome, r.office, r.place_id, r.filed_at, v_now, r.closed_at, r.due_on, r.fields, coalesce(r.standing, 'open')
      from jsonb_to_record(p->'public_case') as r(number text, procedure text, category text, status text, outcome text, office text, place_id text,
        filed_at timestamptz, closed_at timestamptz, due_on date, fields jsonb, standing text)
    on conflict (tenant_id, case_id) do update set category = excluded.category, status = excluded.status, outcome = excluded.outcome, office = excluded.office,
      place_id = excluded.place_id, updated_at = excluded.updated_at, closed_at = excluded.closed_at, due_on = excluded.due_on, fields = excluded.fields,
      standing = excluded.standing;
  end if;
  if p ? 'public_updates' then
    insert into public_updates (tenant_id, update_id, case_id, at, status, event)
      select v_tenant, r.update_id, v_case, v_now, r.status, r.event from jsonb_to_recordset(p->'public_updates') as r(update_id uuid, status text, event text);
  end if;
  if p ? 'ballots' then
    insert into ballots (tenant_id, ballot_id, case_id, element, question, options, choose, batch, opens_on, closes_on, wrapped, wrapping_key)
      select v_tenant, r.ballot_id, v_case, r.element, r.question, r.options, r.choose, r.batch, r.opens_on, r.closes_on,
        decode(r.wrapped, 'base64'), r.wrapping_key
      from jsonb_to_recordset(p->'ballots') as r(ballot_id uuid, element text, question text, options jsonb, choose int, batch int, opens_on date,
        closes_on date, wrapped text, wrapping_key text);
  end if;
  if p ? 'publications_end' then
    update case_publications o set withdrawn_at = v_now, withdrawn_reason = r.reason
      from jsonb_to_recordset(p->'publications_end') as r(element text, reason text)
      where o.tenant_id = v_tenant and o.case_id = v_case and o.element = r.element and o.withdrawn_at is null;
  end if;
  if a is not null then
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
  end if;
  if p ? 'statistics' then
    insert into case_statistics (tenant_id, case_id, name, value) select v_tenant, v_case, r.key, r.value from jsonb_each_text(p->'statistics') r
    on conflict (tenant_id, case_id, name) do update set value = excluded.value where case_statistics.value <> excluded.value;
  end if;
end $$;

-- A case by its id, or else by one of its tasks, with all that a step and the access rule need of it: one round trip.
create function load_step(p_tenant text, p_case uuid, p_task uuid, p_sealed text) returns jsonb
language plpgsql stable as $$
declare
  v_case uuid := p_case;
  found_case jsonb;
begin
  if v_case is null then
    perform set_config('app.tenant', p_tenant, true);
    select case_id into v_case from tasks where tenant_id = p_tenant and task_id = p_task;
  end if;
  found_case := load_case(p_tenant, v_case, p_sealed);
  if found_case is null then return null; end if;
  return found_case || load_access(p_tenant, v_case);
end $$;
drop function load_case_of_task(text, uuid, text);
revoke all on function commit_step(jsonb), load_step(text, uuid, uuid, text) from public;
grant execute on function commit_step(jsonb), load_step(text, uuid, uuid, text) to xiangli_app;

-- A step rewrites its case's row: with room on the page its indexes stay as they are when nothing indexed changed.
alter table cases set (fillfactor = 80);
alter table tasks set (fillfactor = 90);

-- Claiming and giving back a timer touches no index.
alter table timers set (fillfactor = 80);
