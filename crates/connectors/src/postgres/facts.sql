select current_setting('server_version') as version,
       coalesce(current_setting('cluster_name', true), '') as cluster_name,
       coalesce(shobj_description(d.oid, 'pg_database'), '') as comment,
       pg_is_in_recovery() as in_recovery,
       r.rolsuper
         or pg_has_role(r.oid, 'pg_read_server_files', 'member')
         or pg_has_role(r.oid, 'pg_write_server_files', 'member')
         or pg_has_role(r.oid, 'pg_execute_server_program', 'member') as superuser,
       exists (
         select 1
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p')
           and n.nspname not in ('pg_catalog', 'information_schema')
           and n.nspname not like 'pg\_%'
           and has_schema_privilege(n.oid, 'usage')
           and has_table_privilege(c.oid, 'insert, update, delete, truncate')
       ) as can_write,
       pg_current_snapshot()::text as snapshot
from pg_roles r
join pg_database d on d.datname = current_database()
where r.rolname = current_user
