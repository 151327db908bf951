"""``python -m tests.bench``: measure the sandbox beside its peers; see the README in this folder."""

import argparse
import json
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tarot_bench.charts.figure import can_draw
from tests.bench import machine, report
from tests.bench.machine import CleanPython
from tests.bench.rows import ROWS, Row
from tests.bench.timing import Bench, Measured, RefusedError, SkippedError


def main(words: list[str] | None = None) -> int:
    """Run the rows that were asked for; 1 if one of them was refused or missed its mark."""
    options = _options(words)
    rows = [row for row in ROWS if not options.only or row.name in options.only]
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tarot-bench-") as scratch:
        python = CleanPython(Path(scratch) / "python")
        bench = _bench(options, python, Path(scratch))
        head = {"machine": machine.facts(), "python": python.facts(), "load_at_start": machine.load()}
        outcomes = [_outcome(row, bench) for row in rows]
    head |= {"load_at_end": machine.load(), "repeats": bench.repeats, "quick": options.quick}
    _write(options.output, head, rows, outcomes)
    print(report.table([report.line(row, *outcome) for row, outcome in zip(rows, outcomes, strict=True)]))
    for row, (_, why) in zip(rows, outcomes, strict=True):
        if why:
            print(f"{row.name}: {why}")
    print(f"load average {head['load_at_start'][0]} at the start, {head['load_at_end'][0]} at the end", end="; ")
    print(f"cold start of the clean interpreter {head['python']['cold_start_ms']} ms; {options.output}/bench.json")
    marks = [report.verdict(row, measured) for row, (measured, _) in zip(rows, outcomes, strict=True) if measured]
    refused = any(why.startswith("refused") for _, why in outcomes)
    return 1 if refused or "MISSED" in marks else 0


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [row.name for row in ROWS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    parser.add_argument("--repeats", type=int, help="interleaved rounds per side (default 9, quick 3)")
    parser.add_argument(
        "--quick", action="store_true", help="short rounds, a quarter of the problems, 1,000 jobs: a look, not a result"
    )
    parser.add_argument("--output", type=Path, default=Path("runs/bench"), help="default runs/bench")
    return parser.parse_args(words)


def _bench(options: argparse.Namespace, python: CleanPython, scratch: Path) -> Bench:
    packages = tuple(dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    repeats = options.repeats or (3 if options.quick else 9)
    round_s, jobs, every = (0.1, 1_000, 4) if options.quick else (1.0, 10_000, 1)
    return Bench(repeats, round_s, jobs, every, python, packages, scratch)


def _outcome(row: Row, bench: Bench) -> tuple[Measured | None, str]:
    start = time.monotonic()
    print(f"{row.name} …", end=" ", flush=True, file=sys.stderr)
    measured, why = None, ""
    try:
        measured = row.measure(bench)
    except RefusedError as error:
        why = f"refused: {error}"
    except SkippedError as error:
        why = f"skipped: {error}"
    print(why or report.spread(measured.values, row.unit), f"({time.monotonic() - start:.0f} s)", file=sys.stderr)
    return measured, why


def _write(folder: Path, head: dict, rows: list[Row], outcomes: list[tuple[Measured | None, str]]) -> None:
    body = [
        {"name": row.name, "work": row.work, "unit": row.unit, "must": row.must, "aim": row.aim, "why": why}
        | (asdict(measured) if measured else {})
        for row, (measured, why) in zip(rows, outcomes, strict=True)
    ]
    (folder / "bench.json").write_text(json.dumps(head | {"rows": body}) + "\n")
    if can_draw():
        report.plot([(row, m) for row, (m, _) in zip(rows, outcomes, strict=True) if m], folder / "bench.png")
    else:
        print("no plot: pip install 'tarot-bench[report]'", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
