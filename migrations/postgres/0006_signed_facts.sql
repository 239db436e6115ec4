-- What was found and measured when a version was signed, kept beside it: later rules and days change none of it.

alter table snapshots add column facts bytea;
