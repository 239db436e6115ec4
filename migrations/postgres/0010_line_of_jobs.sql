-- Plans take turns by when a job of theirs was last taken up. Work-lists are found by their plan alone.

create index jobs_of_document on jobs (document_id, started_at);

drop index worklists_of_check;
