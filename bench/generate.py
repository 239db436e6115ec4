"""Two sides of a keyed check, as Parquet and as CSV: the same rows in another order, some of them damaged.

usage: generate.py FOLDER ROWS
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

SEED = 20260314
DAMAGED = 0.01


def side(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Ten columns as business systems have them: a key, words, codes, amounts, days."""
    number = np.arange(rows)
    cities = np.array([f"City {n}" for n in range(997)])
    return pl.DataFrame(
        {
            "id": number,
            "name": pl.select(pl.lit("Customer ") + pl.Series(number * 7919 % rows).cast(pl.String)).to_series(),
            "mail": pl.select(pl.lit("c") + pl.Series(number).cast(pl.String) + pl.lit("@example.org")).to_series(),
            "city": cities[rng.integers(0, len(cities), rows)],
            "postcode": rng.integers(10_000, 99_999, rows),
            "amount": rng.integers(100, 1_000_000, rows) / 100,
            "quantity": rng.integers(0, 500, rows),
            "status": np.array(["active", "paused", "closed", "prospect"])[rng.integers(0, 4, rows)],
            "day": pl.select(pl.date(2020, 1, 1) + pl.duration(days=pl.Series(rng.integers(0, 2000, rows)))).to_series(),
            "note": pl.select(pl.lit("note ") + pl.Series(rng.integers(0, 1 << 40, rows)).cast(pl.String)).to_series(),
        }
    )


def sides(rows: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both sides."""
    left = side(rows, rng)
    damaged = rng.random(rows)
    right = left.with_columns(
        pl.when(pl.Series(damaged < DAMAGED / 3)).then(pl.col("name").str.to_uppercase()).otherwise("name").alias("name"),
        pl.when(pl.Series((damaged > 0.5) & (damaged < 0.5 + DAMAGED / 3)))
        .then(pl.col("amount") + 1)
        .otherwise("amount")
        .alias("amount"),
        pl.when(pl.Series(damaged > 1 - DAMAGED / 3)).then(pl.lit("moved")).otherwise("city").alias("city"),
    )
    # One row in ten thousand is missing on either side, one is there twice.
    left = left.filter(pl.Series(rng.random(rows) > 0.0001))
    right = right.filter(pl.Series(rng.random(rows) > 0.0001))
    right = pl.concat([right, right.sample(rows // 10_000, seed=SEED)]).sample(fraction=1.0, shuffle=True, seed=SEED)
    return left, right


def main(folder: Path, rows: int) -> None:
    left, right = sides(rows, np.random.default_rng(SEED))
    for name, data in (("left", left), ("right", right)):
        data.write_parquet(folder / f"{name}.parquet")
        data.write_csv(folder / f"{name}.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
