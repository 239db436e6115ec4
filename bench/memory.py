"""A keyed check of more than fits into its memory: whether it keeps to what it is allowed.

usage: memory.py PLUMBLINE ROWS
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from generate import SEED, sides
from keyed import COLUMNS, found, run

CAPS = ["1GB", "512MB"]
MEGABYTES = {"1GB": 1024, "512MB": 512}
# What the program itself takes beside what it may use for matching and sorting.
BESIDE = 128
PIECE = 1_000_000


def write(folder: Path, rows: int) -> None:
    """Both sides, in pieces that fit into memory: the rows of the right one are in another order within each."""
    rng = np.random.default_rng(SEED)
    writers: dict[str, pq.ParquetWriter] = {}
    for start in range(0, rows, PIECE):
        for name, data in zip(("left", "right"), sides(min(PIECE, rows - start), rng)):
            piece = data.with_columns(pl.col("id") + start).to_arrow()
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", piece.schema)
            writers[name].write_table(piece)
    for writer in writers.values():
        writer.close()


def main(plumbline: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        # Another process, so that what making the data takes is given back.
        subprocess.run([sys.executable, __file__, "--write", folder, str(rows)], check=True)
        ours = [plumbline, "check", "--left", str(folder / "left.parquet"), "--right", str(folder / "right.parquet")]
        ours += ["--key", "id", "--compare", COLUMNS, "--causes", "--threads", "2", "--format", "json"]
        print(f"\n## Keyed check within a given memory, {rows:,} × 10 a side, parquet\n")
        print("| allowed | seconds | peak MB | allowed and 128 MB for the program | kept |")
        print("|---|---|---|---|---|")
        for cap in CAPS:
            took, memory, said = run([*ours, "--memory", cap])
            most = MEGABYTES[cap] + BESIDE
            print(f"| {cap} | {took:.1f} | {memory:.0f} | {most} | {'yes' if memory <= most else 'no'} |", flush=True)
        found(said)


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(sys.argv[1], int(sys.argv[2]))
