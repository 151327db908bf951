"""Fixtures of the dataset tests: small problems, and a cache of `datasets` that belongs to the test."""

import os
from pathlib import Path

import pytest

from tarot_bench.problem import Problem, TestCase, Tier


@pytest.fixture
def problems() -> tuple[Problem, ...]:
    """Two problems of each style, with tiers, an original test and characters that break naive readers."""
    echo = Problem(
        id="echo",
        statement="Print the line.\u2028\n\n  Keep\tspaces. ",
        solution="print(input())\n",
        tests=(
            TestCase(tier=Tier.BASIC, input="a\n", output="a\n", reason="one letter"),
            TestCase(tier=Tier.EDGE, input=" \u2028\x0c\n", output=" \u2028\x0c\n"),
        ),
        original_tests=(TestCase(tier=None, input="x\n", output="x\n"),),
    )
    add = Problem(
        id="add",
        statement="Return a + b.",
        style="function",
        entry_point="add",
        tests=(TestCase(tier=Tier.COMPLEX, input="[1, 2]", output="3", kind="call"),),
    )
    return echo, add


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Keep what `datasets` prepares inside the test."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf-cache")


@pytest.fixture
def real_rows() -> Path:
    """Seven rows of the published TAROT data, where this machine has them."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("TAROT_SHARED_DATA", beside)) / "tarot_rows.jsonl"
    if not path.is_file():
        pytest.skip("the real TAROT rows are not on this machine (TAROT_SHARED_DATA names their folder)")
    return path
