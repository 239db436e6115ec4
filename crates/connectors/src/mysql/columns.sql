select cast(c.table_name as char character set utf8mb4),
       cast(t.table_rows as unsigned),
       cast(c.column_name as char character set utf8mb4),
       cast(c.column_type as char character set utf8mb4),
       cast(c.data_type as char character set utf8mb4),
       cast(coalesce(c.numeric_precision, 0) as unsigned),
       cast(coalesce(c.numeric_scale, 0) as unsigned),
       cast(coalesce(c.datetime_precision, 0) as unsigned),
       cast(c.is_nullable as char character set utf8mb4),
       cast(c.column_key as char character set utf8mb4)
from information_schema.columns c
join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
where c.table_schema = ?
  and (? is null or c.table_name = ?)
  and t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED', 'SYSTEM VIEW')
  and find_in_set('select', c.privileges) > 0
order by c.table_name, c.ordinal_position
limit 50000
