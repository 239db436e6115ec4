"""A keyed check of generated data, side by side with its rivals in one run: wall time, peak memory, ratios.

usage: keyed.py PLUMBLINE ROWS REPEATS
       keyed.py PLUMBLINE ROWS REPEATS PYTHON      beside datacompy alone, which that interpreter knows
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


def run(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, float, str]:
    """Seconds, peak megabytes and output of a command."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            errors.seek(0)
            raise SystemExit(f"{command}: {errors.read().decode()[-500:]}")
    return took, usage.ru_maxrss / 1024, out.decode()


def table(commands: dict[str, list[str]], repeats: int, environment: dict[str, str] | None = None) -> str:
    """Prints a row for each contestant, ours first, and returns what ours said last. They take turns."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    said = {}
    for _ in range(repeats):
        for name, command in commands.items():
            took, memory, said[name] = run(command, environment)
            if not said[name].strip():
                raise SystemExit(f"{name} said nothing: it has not compared")
            measured[name].append((took, memory))
    print("| | median s | spread s | peak MB | against the fastest rival |")
    print("|---|---|---|---|---|")
    medians = {name: statistics.median(t for t, _ in runs) for name, runs in measured.items()}
    fastest = min(median for name, median in medians.items() if name != "plumbline")
    for name, runs in measured.items():
        times = [t for t, _ in runs]
        peak = max(memory for _, memory in runs)
        ratio = f"{medians[name] / fastest:.2f} ×"
        print(f"| {name} | {medians[name]:.2f} | {max(times) - min(times):.2f} | {peak:.0f} | {ratio} |")
    return said["plumbline"]


def found(said: str) -> None:
    """Prints what ours found."""
    report = json.loads(said)
    different = {field["left"]: field["different"] for field in report["fields"] if field["different"]}
    print(f"\nOurs: {json.dumps(report['records'])}, different: {json.dumps(different)}", flush=True)


def main(plumbline: str, rows: int, repeats: int, datacompy: str | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run([sys.executable, HERE / "generate.py", folder, str(rows)], check=True)
        for kind in ("parquet",) if datacompy else ("parquet", "csv"):
            left, right = str(folder / f"left.{kind}"), str(folder / f"right.{kind}")
            ours = [plumbline, "check", "--left", left, "--right", right, "--key", "id", "--compare", COLUMNS]
            ours += ["--causes", "--threads", "2", "--format", "json"]
            commands = {"plumbline": ours}
            if datacompy:
                commands["datacompy"] = [datacompy, str(HERE / "rivals.py"), "datacompy", left, right]
            else:
                commands |= {name: [sys.executable, str(HERE / "rivals.py"), name, left, right] for name in RIVALS}
            beside = ", beside datacompy with Polars" if datacompy else ""
            print(f"\n## Keyed check, {rows:,} × 10 a side, {kind}{beside}\n")
            found(table(commands, repeats))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
