-- Who made a one-time link; null is the operator at the command line. Of links that are open nobody kept it: they end.

alter table one_time_links add column made_by uuid references users (id);

delete from one_time_links
where used_at is null;
