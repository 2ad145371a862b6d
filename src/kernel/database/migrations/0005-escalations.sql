-- What was reported and settled may happen again: a step up the line is unique among those that are open.
alter table escalations drop constraint escalations_tenant_id_case_id_kind_subject_level_key;
create unique index escalations_open_step on escalations (tenant_id, case_id, kind, subject, level) where resolved_at is null;
