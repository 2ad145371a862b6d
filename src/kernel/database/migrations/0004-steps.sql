-- One step, one transaction, one round trip: read a case, write a step.

-- Everything a step needs of a case: its row, key, open tasks, deadlines, subscriptions, parties, links, documents.
create function load_case(p_tenant text, p_case uuid, p_sealed text) returns jsonb
language plpgsql stable as $$
declare result jsonb;
begin
  perform set_config('app.tenant', p_tenant, true), set_config('app.sealed', p_sealed, true);
  select jsonb_build_object(
    'case', to_jsonb(c) - 'content' - 'event_head' || jsonb_build_object('content', encode(c.content, 'base64'), 'event_head', encode(c.event_head, 'base64')),
    'key', (select jsonb_build_object('wrapped', encode(k.wrapped, 'base64'), 'wrapping_key', k.wrapping_key) from vault.get_keys(p_tenant, array[p_case]) k),
    'tasks', coalesce((select jsonb_agg(to_jsonb(t) order by t.opened_at, t.task_id) from tasks t where t.tenant_id = p_tenant and t.case_id = p_case and t.status = 'open'), '[]'),
    'deadlines', coalesce((select jsonb_agg(to_jsonb(d) order by d.start_on, d.deadline) from deadlines d where d.tenant_id = p_tenant and d.case_id = p_case), '[]'),
    'subscriptions', coalesce((select jsonb_agg(to_jsonb(s)) from subscriptions s where s.tenant_id = p_tenant and s.case_id = p_case), '[]'),
    'parties', coalesce((select jsonb_agg(to_jsonb(p) - 'identity' - 'receipt_hash' || jsonb_build_object('identity', encode(p.identity, 'base64'), 'receipt_hash', encode(p.receipt_hash, 'hex')) order by p.added_at, p.party_id)
                from parties p where p.tenant_id = p_tenant and p.case_id = p_case), '[]'),
    'links', coalesce((select jsonb_agg(jsonb_build_object('role', l.role, 'case_id', l.other_case_id)) from case_links l where l.tenant_id = p_tenant and l.case_id = p_case), '[]'),
    'grants', coalesce((select jsonb_agg(jsonb_build_object('organization_id', g.organization_id, 'until_on', g.until_on)) from case_grants g where g.tenant_id = p_tenant and g.case_id = p_case), '[]'),
    'recused', coalesce((select jsonb_agg(r.user_id) from recusals r where r.tenant_id = p_tenant and r.case_id = p_case), '[]'),
    'documents', coalesce((select jsonb_agg(to_jsonb(d) - 'content' - 'verify_hash' || jsonb_build_object('content', encode(d.content, 'base64')) order by d.recorded_at, d.document_id)
                  from documents d where d.tenant_id = p_tenant and d.case_id = p_case), '[]'))
  into result from cases c where c.tenant_id = p_tenant and c.case_id = p_case;
  return result;
end $$;

-- Writes all rows of one step. `p` names tables of rows; bytes are base64. Raises XL409 when the case has moved on.
create function commit_step(p jsonb) returns void
language plpgsql as $$
declare
  v_tenant text := p->>'tenant';
  v_now timestamptz := (p->>'now')::timestamptz;
  v_case uuid := (p->>'case_id')::uuid;
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
    with added as (
      insert into events (tenant_id, case_id, seq, event_id, type, name, element, actor_kind, actor_id, post_id, recorded_at, effective_on, payload, commitment)
      select v_tenant, v_case, e.seq, e.event_id, e.type, e.name, e.element, e.actor_kind, e.actor_id, e.post_id, v_now, e.effective_on, decode(e.payload, 'base64'), decode(e.commitment, 'base64')
      from jsonb_to_recordset(p->'events') as e(seq int, event_id uuid, type text, name text, element text, actor_kind text, actor_id text, post_id text, effective_on date, payload text, commitment text))
    insert into ledger_queue (tenant_id, source, leaf)
      select v_tenant, e.event_id, decode(e.leaf, 'base64') from jsonb_to_recordset(p->'events') as e(event_id uuid, seq int, leaf text) order by e.seq;
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
    insert into tasks (tenant_id, task_id, case_id, element, token, form, duties, organization_id, assignee, opened_at, due_on)
      select v_tenant, r.task_id, v_case, r.element, r.token, r.form, r.duties, r.organization_id, r.assignee, v_now, r.due_on
      from jsonb_to_recordset(p->'tasks_open') as r(task_id uuid, element text, token text, form text, duties text[], organization_id text, assignee text, due_on date);
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
    update tasks t set due_on = (coalesce(p->'case_update', p->'case_insert')->>'next_due_on')::date where t.tenant_id = v_tenant and t.case_id = v_case and t.status = 'open';
    update timers t set due_at = r.due_at, leased_until = null from jsonb_to_recordset(p->'deadlines') as r(deadline text, due_at timestamptz, status text)
      where t.tenant_id = v_tenant and t.case_id = v_case and t.deadline = r.deadline and r.status = 'running';
  end if;
  if p ? 'timers_close' then
    delete from timers t using jsonb_array_elements_text(p->'timers_close') as r(token) where t.tenant_id = v_tenant and t.case_id = v_case and t.token = r.token;
  end if;
  if p ? 'timers_open' then
    insert into timers (tenant_id, case_id, token, element, deadline, due_at)
      select v_tenant, v_case, r.token, r.element, r.deadline, r.due_at from jsonb_to_recordset(p->'timers_open') as r(token text, element text, deadline text, due_at timestamptz);
  end if;
  if p ? 'subscriptions_close' then
    delete from subscriptions s using jsonb_array_elements_text(p->'subscriptions_close') as r(token) where s.tenant_id = v_tenant and s.case_id = v_case and s.token = r.token;
  end if;
  if p ? 'subscriptions_open' then
    insert into subscriptions (tenant_id, case_id, token, element, kind, name)
      select v_tenant, v_case, r.token, r.element, r.kind, r.name from jsonb_to_recordset(p->'subscriptions_open') as r(token text, element text, kind text, name text);
  end if;
  if p ? 'incidents' then
    insert into incidents (tenant_id, incident_id, case_id, element, token, reason, opened_at)
      select v_tenant, r.incident_id, v_case, r.element, r.token, r.reason, v_now from jsonb_to_recordset(p->'incidents') as r(incident_id uuid, element text, token text, reason text);
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
end $$;
revoke all on function load_case(text, uuid, text), commit_step(jsonb) from public;
grant execute on function load_case(text, uuid, text), commit_step(jsonb) to xiangli_app;
