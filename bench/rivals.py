"""The rivals of a keyed check: a full outer join by key and a comparison of every column.

usage: rivals.py duckdb|polars|datafusion|datacompy LEFT RIGHT
"""

import sys

COLUMNS = ["name", "mail", "city", "postcode", "amount", "quantity", "status", "day", "note"]


def sql(left: str, right: str) -> str:
    differs = ", ".join(
        f"sum(case when l.id is not null and r.id is not null and l.{c} is distinct from r.{c} then 1 else 0 end) as {c}"
        for c in COLUMNS
    )
    return f"""
        select count(*) as records,
               sum(case when r.id is null then 1 else 0 end) as only_left,
               sum(case when l.id is null then 1 else 0 end) as only_right,
               {differs}
        from {left} l full outer join {right} r on l.id = r.id"""


def duckdb(left: str, right: str) -> object:
    import duckdb as db

    connection = db.connect(config={"threads": 2})
    return connection.execute(sql(f"'{left}'", f"'{right}'")).fetchall()


def datafusion(left: str, right: str) -> object:
    from datafusion import RuntimeEnvBuilder, SessionConfig, SessionContext

    context = SessionContext(SessionConfig().with_target_partitions(2), RuntimeEnvBuilder())
    for name, path in (("l_side", left), ("r_side", right)):
        register = context.register_parquet if path.endswith(".parquet") else context.register_csv
        register(name, path)
    return context.sql(sql("l_side", "r_side")).to_pydict()


def polars(left: str, right: str) -> object:
    import polars as pl

    scan = pl.scan_parquet if left.endswith(".parquet") else pl.scan_csv
    joined = scan(left).join(scan(right), on="id", how="full", suffix="_r")
    both = pl.col("id").is_not_null() & pl.col("id_r").is_not_null()
    differs = [(both & pl.col(c).ne_missing(pl.col(f"{c}_r"))).sum().alias(c) for c in COLUMNS]
    only = [pl.col("id_r").is_null().sum().alias("only_left"), pl.col("id").is_null().sum().alias("only_right")]
    return joined.select(pl.len().alias("records"), *only, *differs).collect(engine="streaming")


def datacompy(left: str, right: str) -> object:
    import datacompy as dc
    import polars as pl

    found = dc.PolarsCompare(pl.read_parquet(left), pl.read_parquet(right), join_columns=["id"])
    different = {column["column"]: column["unequal_cnt"] for column in found.column_stats}
    return found.df1_unq_rows.height, found.df2_unq_rows.height, different


if __name__ == "__main__":
    print({"duckdb": duckdb, "datafusion": datafusion, "polars": polars, "datacompy": datacompy}[sys.argv[1]](*sys.argv[2:]))
