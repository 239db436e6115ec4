select n.nspname::text as schema,
       c.relname::text as "table",
       c.reltuples::bigint as row_estimate,
       c.relkind in ('v', 'm') as is_view,
       a.attname::text as name,
       format_type(a.atttypid, a.atttypmod) as type_name,
       coalesce(b.typname, t.typname)::text as base_type,
       a.attnotnull as not_null,
       exists (
         select 1
         from pg_index i
         where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey::int2[])
       ) as key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid
join pg_type t on t.oid = a.atttypid
left join pg_type b on b.oid = t.typbasetype
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg\_toast%'
  and n.nspname not like 'pg\_temp%'
  and a.attnum > 0
  and not a.attisdropped
  and ($1::text is null or n.nspname = $1)
  and ($2::text is null or c.relname = $2)
  and has_schema_privilege(n.oid, 'usage')
  and has_column_privilege(c.oid, a.attnum, 'select')
order by n.nspname, c.relname, a.attnum
limit 50000
