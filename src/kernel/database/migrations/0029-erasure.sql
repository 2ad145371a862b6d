-- An erasure takes away what leads to a person besides her words: the addresses of her calendar and the codes she signed with.
grant delete on calendar_feeds, signing_codes to xiangli_app;

-- When carrying out a disposal failed last: it is tried again after all others.
alter table disposals add column tried_at timestamptz;
