-- What the server behind a connection calls itself, as its last test found.

alter table connections add column server_id text;
