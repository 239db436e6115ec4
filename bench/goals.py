"""What was measured beside what is to be reached: the first section of the page, made from its other sections.

usage: goals.py PAGE

What was left out, or measured with other sizes, is told as not measured.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HEADING = "Figures to reach"


@dataclass
class Section:
    """A section of the page: its text, and its table by the first cell of a row and the name of a column."""

    text: str = ""
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def number(self, row: str, column: str) -> float | None:
        digits = re.sub(r"[^0-9.]", "", self.rows.get(row, {}).get(column, ""))
        return float(digits) if digits else None


Page = dict[str, Section]
Measured = Callable[[Page], float | None]


def cell(section: str, row: str, column: str) -> Measured:
    return lambda page: page.get(section, Section()).number(row, column)


def least(section: str, rows: str, column: str) -> Measured:
    """The least of a column over the rows whose names match."""

    def measured(page: Page) -> float | None:
        there = page.get(section, Section())
        values = [there.number(name, column) for name in there.rows if re.fullmatch(rows, name)]
        return min((value for value in values if value is not None), default=None)

    return measured


def faster(section: str, rival: str) -> Measured:
    """How many times as long the rival took."""

    def measured(page: Page) -> float | None:
        there = page.get(section, Section())
        ours, theirs = (there.number(name, "median s") for name in ("plumbline", rival))
        return theirs / ours if ours and theirs else None

    return measured


def memory_kept(section: str) -> Measured:
    """The least memory in megabytes that was allowed and kept to."""

    def measured(page: Page) -> float | None:
        kept = [name for name, row in page.get(section, Section()).rows.items() if row.get("kept") == "yes"]
        sizes = {"GB": 1024, "MB": 1}
        return min((float(name[:-2]) * sizes[name[-2:]] for name in kept), default=None)

    return measured


def said(section: str, pattern: str) -> Measured:
    """A number in the text of a section."""

    def measured(page: Page) -> float | None:
        found = re.search(pattern, page.get(section, Section()).text)
        return float(found[1]) if found else None

    return measured


@dataclass
class Goal:
    """A figure to reach: at most that much, or with `least` at least that much."""

    what: str
    measured: Measured
    must: float
    target: float | None
    unit: str
    decimals: int
    least: bool

    def line(self, page: Page) -> str:
        value = self.measured(page)
        cells = ["not measured" if value is None else f"{value:,.{self.decimals}f}{self.unit}"]
        for limit in (self.must, self.target):
            if limit is None:
                cells += ["–", "–"]
                continue
            reached = value is not None and (value >= limit if self.least else value <= limit)
            cells += [f"{'≥' if self.least else '≤'} {limit:,g}{self.unit}"]
            cells += ["–" if value is None else "yes" if reached else "no"]
        return f"| {self.what} | {' | '.join(cells)} |"


PARQUET = "Keyed check, 5,000,000 × 10 a side, parquet"
CSV = "Keyed check, 5,000,000 × 10 a side, csv"
DATACOMPY = "Keyed check, 1,000,000 × 10 a side, parquet, beside datacompy with Polars"
MEMORY = "Keyed check within a given memory, 20,000,000 × 10 a side, parquet"
POSTGRES = "PostgreSQL against PostgreSQL over loopback, 1,000,000 × 10 a side"
LINKING = "Linking without a common identifier and without settings"
PERSONS = "1,000,000 × 1,000,000 generated persons"
FINISHED = "A finished run of 1,000,000 × 10 with 300,000 different values"
EXACTNESS = "Exactness"
OURS = "plumbline"
AGAINST = "against the fastest rival"
UNDER = "under other rules"

# The unit, the decimals, and whether more is better.
AS_LONG = (" ×", 2, False)
AS_FAST = (" ×", 1, True)
MEGABYTES = (" MB", 0, False)
SECONDS = (" s", 1, False)
MILLISECONDS = (" ms", 0, False)
COUNT = ("", 0, True)
F1 = ("", 4, True)

GOALS = [
    Goal("keyed check of Parquet, time against the fastest rival", cell(PARQUET, OURS, AGAINST), 1.5, 1, *AS_LONG),
    Goal("keyed check of CSV, time against the fastest rival", cell(CSV, OURS, AGAINST), 1.5, 1, *AS_LONG),
    Goal("keyed check of Parquet, peak memory", cell(PARQUET, OURS, "peak MB"), 1500, 700, *MEGABYTES),
    Goal("keyed check of CSV, peak memory", cell(CSV, OURS, "peak MB"), 1500, 700, *MEGABYTES),
    Goal("least memory that a check of 20 million rows a side keeps to", memory_kept(MEMORY), 1024, 512, *MEGABYTES),
    Goal("times as fast as datacompy", faster(DATACOMPY, "datacompy"), 3, 8, *AS_FAST),
    Goal("times as fast as reladiff, between databases", faster(POSTGRES, "reladiff"), 1, 2, *AS_FAST),
    Goal("random tables without an error", said(EXACTNESS, r"(\d+) random tables"), 10_000, 100_000, *COUNT),
    Goal("causes found again, macro-F1", said(EXACTNESS, r"macro-F1 of the causes: ([0-9.]+)"), 0.95, 0.99, *F1),
    Goal("linking FEBRL 1 to 4, the least F1", least(LINKING, r"FEBRL \d", "F1"), 0.99, 0.998, *F1),
    Goal("linking FEBRL 4 without the number, the least F1", least(LINKING, r"FEBRL 4, .*", "F1"), 0.99, 0.998, *F1),
    Goal("linking Fodors–Zagats, F1", cell(LINKING, "Fodors–Zagats", "F1"), 0.96, 0.99, *F1),
    Goal("linking DBLP–ACM, F1", least(LINKING, r"DBLP–ACM, .*", "F1"), 0.965, 0.985, *F1),
    Goal("linking a million persons a side, time", cell(LINKING, PERSONS, "seconds"), 300, 120, *SECONDS),
    Goal("linking a million persons a side, peak memory", cell(LINKING, PERSONS, "peak MB"), 4000, None, *MEGABYTES),
    Goal("a run of a million rows under other rules", cell(FINISHED, UNDER, "median ms"), 2000, 500, *MILLISECONDS),
]


def read(text: str) -> Page:
    page = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        lines = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("|")]
        table = [[cell.strip() for cell in line] for line in lines]
        # The names of the columns, a rule, the rows.
        rows = {row[0]: dict(zip(table[0][1:], row[1:])) for row in table[2:]}
        page[heading.strip()] = Section(body, rows)
    return page


def main(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf"^## {HEADING}\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    page = read(text)
    lines = [f"## {HEADING}", "", "| | measured | must | reached | target | reached |", "|---|---|---|---|---|---|"]
    lines += [goal.line(page) for goal in GOALS]
    before, heading, after = text.partition("## ")
    path.write_text(before + "\n".join(lines) + "\n\n" + heading + after, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
