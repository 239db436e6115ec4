-- The rows that old runs read are removed: when it was done. Counts and hashes stay.

alter table runs add column removed_at timestamptz;
-- All that finding the newest runs of each check needs.
create index runs_of_check on runs (document_id, check_id, state, number, id);
