"""A keyed check of generated data, side by side with its rivals in one run: wall time, peak memory, ratios.

usage: keyed.py PLUMBLINE ROWS [REPEATS]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = "name,mail,city,postcode,amount,quantity,status,day,note"
RIVALS = ["duckdb", "polars", "datafusion"]


def run(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak megabytes and output of a command."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{command}: {err.decode()[-500:]}")
    return took, usage.ru_maxrss / 1024, out.decode()


def main(plumbline: str, rows: int, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run([sys.executable, HERE / "generate.py", folder, str(rows)], check=True)
        for kind in ("parquet", "csv"):
            left, right = str(folder / f"left.{kind}"), str(folder / f"right.{kind}")
            ours = [plumbline, "check", "--left", left, "--right", right, "--key", "id", "--compare", COLUMNS]
            ours += ["--causes", "--threads", "2", "--format", "json"]
            commands = {"plumbline": ours}
            commands |= {name: [sys.executable, str(HERE / "rivals.py"), name, left, right] for name in RIVALS}
            measured: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
            said = {}
            for _ in range(repeats):
                for name, command in commands.items():
                    took, memory, said[name] = run(command)
                    measured[name].append((took, memory))
            report = json.loads(said["plumbline"])
            print(f"\n## Keyed check, {rows:,} × 10 a side, {kind}\n")
            print("| | median s | spread s | peak MB | against the fastest rival |")
            print("|---|---|---|---|---|")
            medians = {name: statistics.median(t for t, _ in runs) for name, runs in measured.items()}
            fastest = min(medians[name] for name in RIVALS)
            for name, runs in measured.items():
                times = [t for t, _ in runs]
                peak = max(memory for _, memory in runs)
                ratio = f"{medians[name] / fastest:.2f} ×"
                print(f"| {name} | {medians[name]:.2f} | {max(times) - min(times):.2f} | {peak:.0f} | {ratio} |")
            different = {field["left"]: field["different"] for field in report["fields"] if field["different"]}
            print(f"\nOurs: {json.dumps(report['records'])}, different: {json.dumps(different)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 5)
