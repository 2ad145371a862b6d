-- Leaves of what a step makes public or takes down (docs/ledger-format.md, kind `publication`), beside those of its events.
-- Called after commit_step in the same statement: the tenant is set, and what the step wrote is there or nothing is.
create function commit_leaves(p jsonb) returns void
language plpgsql as $$
begin
  insert into ledger_queue (tenant_id, source, leaf)
    select p->>'tenant', l.source, decode(l.leaf, 'base64') from jsonb_to_recordset(p->'leaves') as l(source uuid, leaf text);
end $$;
revoke all on function commit_leaves(jsonb) from public;
grant execute on function commit_leaves(jsonb) to xiangli_app;
