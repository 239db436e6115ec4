"""A keyed check of two PostgreSQL databases over loopback, beside reladiff, from start to verdict.

usage: databases.py PLUMBLINE ROWS REPEATS RELADIFF      on the server that PLUMBLINE_TEST_POSTGRES_URL names

RELADIFF is the program; the interpreter beside it knows psycopg2. It compares hashes of pieces within the databases
and names the keys that differ; it does not say why values differ.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from keyed import COLUMNS, found, table

URL = os.environ["PLUMBLINE_TEST_POSTGRES_URL"]
MAKE = """
import sys, psycopg2
url, rows = sys.argv[1], int(sys.argv[2])
def on(database, *statements):
    connection = psycopg2.connect(url.rsplit("/", 1)[0] + "/" + database)
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()
on("postgres", "create database bench_left", "create database bench_right")
# The same rows on both sides; on the right in another order, one of a hundred damaged, one of ten thousand missing.
for database, order, keep, name, amount in [
    ("bench_left", "n", "n % 10000 <> 17", "'Customer ' || n * 7919 % 1000003", "n * 37 % 1000000"),
    ("bench_right", "n * 7919 % 1000003", "n % 10000 <> 23",
     "case when n % 200 = 5 then upper('Customer ' || n * 7919 % 1000003) else 'Customer ' || n * 7919 % 1000003 end",
     "n * 37 % 1000000 + case when n % 200 = 105 then 1 else 0 end"),
]:
    on(database, f'''
        create table t as
        select n::bigint as id, {name} as name, 'c' || n || '@example.org' as mail, 'City ' || n % 997 as city,
               10000 + n * 31 % 89999 as postcode, (({amount}) / 100.0)::numeric(12,2) as amount, n % 500 as quantity,
               (array['active','paused','closed','prospect'])[1 + (n % 4)::int] as status,
               date '2020-01-01' + (n % 2000)::int as day, 'note ' || n * 104729 % 1000000007 as note
        from generate_series(0::bigint, {rows} - 1) as n
        where {keep}
        order by {order}''', "alter table t add primary key (id)", "analyze t")
"""
DROP = """
import sys, psycopg2
connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
for database in ("bench_left", "bench_right"):
    connection.cursor().execute(f"drop database if exists {database}")
"""


def main(plumbline: str, rows: int, repeats: int, reladiff: str) -> None:
    server = urlsplit(URL)
    python = str(Path(reladiff).parent / "python")
    their = URL.replace("postgres://", "postgresql://").rsplit("/", 1)[0]
    databases = [f"{their}/{name}" for name in ("bench_left", "bench_right")]
    try:
        subprocess.run([python, "-c", MAKE, URL, str(rows)], check=True)
        place = f"postgres://{server.username}@{server.hostname}:{server.port}"
        ours = [plumbline, "check", "--left", f"{place}/bench_left?sslmode=disable#t"]
        ours += ["--right", f"{place}/bench_right?sslmode=disable#t", "--environment", "test", "--key", "id"]
        ours += ["--compare", COLUMNS, "--causes", "--threads", "2", "--format", "json"]
        theirs = [reladiff, databases[0], "t", databases[1], "t", "--key-columns", "id", "--columns", "%"]
        theirs += ["--algorithm", "hashdiff", "--threads", "2", "--assume-unique-key", "--json"]
        environment = dict(os.environ, PGPASSWORD=server.password, PLUMBLINE_ALLOWED_TARGETS=f"127.0.0.1:{server.port}")
        print(f"\n## PostgreSQL against PostgreSQL over loopback, {rows:,} × 10 a side\n")
        found(table({"plumbline": ours, "reladiff": theirs}, repeats, environment))
    finally:
        subprocess.run([python, "-c", DROP, URL], check=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
