"""The layout of a published dataset: Parquet files for every configuration of the card.

``default`` has one row per problem with nested tests; ``basic``, ``intermediate``, ``complex`` and ``edge`` one row per
test; ``tarot_v1`` the row format of the published TAROT data, so that trainers written for it load ours unchanged.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, List, Value

from tarot_bench.dataset import Entry, Flag, TestFacts, published, tarot_v1
from tarot_bench.dataset.entry import ValidatorTrial
from tarot_bench.problem import TIERS, Problem, Tier

SHARD_ROWS = 20_000
_GROUP_ROWS, _GROUP_BYTES = 1000, 32_000_000
"""Of one row group, at most on average: a viewer reads a whole group to show one row of it."""
_TEXT, _COUNT, _NUMBER = Value("string"), Value("int64"), Value("float64")
_FACTS = {
    "input_chars": _COUNT,
    "steps": _COUNT,
    "kill_rate": _NUMBER,
    "unique_kills": _COUNT,
    "gold_cpu_s": _NUMBER,
    "tpr": _NUMBER,
    "tnr": _NUMBER,
    "unique_rejections": _COUNT,
    "flaky": Value("bool"),
    "leak": _TEXT,
    "generator": _TEXT,
    "prompt_digest": _TEXT,
    "date": _TEXT,
    "request_id": _TEXT,
    "round": _COUNT,
    "votes": List({"voter": _TEXT, "agrees": Value("bool")}),
}
_TEST = {
    **dict.fromkeys(("tier", "input", "output", "reason", "kind", "group", "generator_program"), _TEXT),
    "seed": _COUNT,
    "input_sha256": _TEXT,
    "input_bytes": _COUNT,
    **_FACTS,
}
_LIMITS = {
    "cpu_s": _NUMBER,
    "wall_s": _NUMBER,
    "memory_mib": _COUNT,
    "output_kib": _COUNT,
    "processes": _COUNT,
}
_DEFAULT = {
    **dict.fromkeys(published.COLUMNS, _TEXT),
    "tests": List(_TEST),
    "generator_programs": List({"name": _TEXT, "source": _TEXT}),
    "limits": _LIMITS,
    "checker": {"kind": _TEXT, "tolerance": _NUMBER, "program": _TEXT},
    "validator": _TEXT,
    "validator_trial": dict.fromkeys(ValidatorTrial.model_fields, _COUNT),
    "wrong_programs": List({"source": _TEXT, "origin": _TEXT}),
    "flags": List(dict.fromkeys(Flag.model_fields, _TEXT)),
    "contamination_score": _NUMBER,
    "contamination_jaccard": _NUMBER,
    "contamination_match": _TEXT,
}
_NESTED = "tier", "votes"
"""Columns of a nested test that a row per test lacks."""
_TIER = {name: kind for name, kind in {"problem_id": _TEXT, **_TEST}.items() if name not in _NESTED}
_CASE = {"input": _TEXT, "output": _TEXT, "type": _TEXT, "label": _TEXT, "reason": _TEXT}
_TAROT = {
    **dict.fromkeys(("source", "task_type", "in_source_id", "problem", "gold_standard_solution"), _TEXT),
    "metadata": {"difficulty": _TEXT, "problem_url": _TEXT},
    **dict.fromkeys(("problem_id", "custom_id"), _TEXT),
}


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration of the dataset.

    Attributes:
        name: as ``load_dataset`` knows it.
        folder: of its files, relative to the root of the dataset.
        features: the type of every column, the same in every file.
        rows: makes the rows of one entry.
    """

    name: str
    folder: str
    features: Features
    rows: Callable[[Entry], list[dict[str, Any]]]

    @property
    def pattern(self) -> str:
        """Glob of its files, relative to the root of the dataset."""
        return f"{self.folder}/train-*.parquet"


def configs_of(entries: Sequence[Entry]) -> list[Config]:
    """The configurations of these entries; a tier without tests has none."""
    filled = [tier for tier in TIERS if any(entry.problem.at(tier) for entry in entries)]
    configs = [Config("default", "data", Features(_DEFAULT), _default_rows)]
    configs += [Config(str(tier), f"tiers/{tier}", Features(_TIER), _tests_at(tier)) for tier in filled]
    if any(fitting_tarot_v1(entry.problem) for entry in entries):
        named = {"fn_name": _TEXT} if any(entry.problem.style == "function" for entry in entries) else {}
        info = {"language": _TEXT, "test_cases": List(_CASE | named)}
        features = Features({**_TAROT, "verification_info": info})
        configs.append(Config("tarot_v1", "tarot_v1", features, lambda entry: _tarot_rows(entry.problem, bool(named))))
    return configs


def write_tables(entries: Sequence[Entry], folder: Path) -> list[Config]:
    """Write the Parquet files of every configuration; the same entries give the same bytes.

    Returns:
        The configurations written.
    """
    configs = configs_of(entries)
    for config in configs:
        (folder / config.folder).mkdir(parents=True)
        rows = (row for entry in entries for row in config.rows(entry))
        for number, shard in enumerate(_batches(rows, SHARD_ROWS)):
            path = folder / config.folder / f"train-{number:05}.parquet"
            # Not plain pyarrow: `datasets` adds the page index and the chunking that the Hub makes use of.
            made = Dataset.from_list(shard, features=config.features)
            made.to_parquet(path, batch_size=_rows_per_group(made))
    return configs


def fitting_tarot_v1(problem: Problem) -> Problem | None:
    """The problem with the tests that the published TAROT row format can represent; None if it cannot be written.

    Tests whose inputs are not stored are left out. A problem with a suite is left out as a whole.
    """
    if all(test.stored for test in problem.all_tests):
        fitting = problem
    else:
        tests, originals = (
            tuple(test for test in each if test.stored) for each in (problem.tests, problem.original_tests)
        )
        fitting = problem.model_copy(update={"tests": tests, "original_tests": originals})
    writable = fitting.all_tests and all(test.kind != "suite" for test in fitting.all_tests)
    return fitting if writable else None


def _default_rows(entry: Entry) -> list[dict[str, Any]]:
    """The row of an entry, without wrong programs of a source that states no licence."""
    if not entry.problem.origin.license:
        entry = entry.model_copy(update={"wrong": tuple(each for each in entry.wrong if each.origin != "source")})
    return [published.entry_to_row(entry)]


def _tests_at(tier: Tier) -> Callable[[Entry], list[dict[str, Any]]]:
    def rows(entry: Entry) -> list[dict[str, Any]]:
        tests = entry.problem.tests
        facts = entry.facts or (TestFacts(),) * len(tests)
        return [
            {"problem_id": entry.problem.id} | _flat(published.test_row(test) | published.fact_fields(known))
            for test, known in zip(tests, facts, strict=True)
            if test.tier is tier
        ]

    return rows


def _flat(test: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in test.items() if name not in _NESTED}


def _tarot_rows(problem: Problem, with_names: bool) -> list[dict[str, Any]]:
    """The problem as a published TAROT row with one type per column; empty if it does not fit."""
    fitting = fitting_tarot_v1(problem)
    if fitting is None:
        return []
    row = tarot_v1.to_row(fitting)
    fields = (*_CASE, "fn_name") if with_names else tuple(_CASE)
    info, metadata = row["verification_info"], row.get("metadata") or {}
    cases = [{name: _text(case.get(name)) for name in fields} for case in info["test_cases"]]
    return [
        {name: _text(row.get(name)) for name in _TAROT}
        | {
            "metadata": {name: _text(metadata.get(name)) for name in ("difficulty", "problem_url")},
            "verification_info": {"language": info.get("language", "python"), "test_cases": cases},
        }
    ]


def _rows_per_group(rows: Dataset) -> int:
    """Rows of a row group that hold `_GROUP_BYTES` on average, before compression."""
    size = max(1, int(rows.data.nbytes))
    return max(1, min(_GROUP_ROWS, len(rows) * _GROUP_BYTES // size))


def _text(value: Any) -> str | None:
    """A value as text: strings unchanged, other values as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _batches(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
