"""Where benchmarks find their data."""

import pytest

from tarot_bench.benchmarks import located, names, open_benchmark
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.evaluation.settings import resolve


def test_every_shipped_benchmark_says_what_a_suite_needs():
    for name in names():
        benchmark = open_benchmark(name)
        assert benchmark.name == name
        assert isinstance(benchmark.files, tuple)
        assert benchmark.default_data
        assert benchmark.default_prompt


def test_an_unknown_benchmark_is_refused_with_the_known_ones():
    with pytest.raises(RecipeError, match=r"'humanevil'.*humaneval.*mbpp_plus"):
        open_benchmark("humanevil")


def test_data_that_are_named_win_over_the_folder(tmp_path, monkeypatch):
    (tmp_path / "mbpp.jsonl").touch()
    monkeypatch.setenv("TAROT_DATA_DIR", str(tmp_path))
    assert located(open_benchmark("mbpp"), "mine.jsonl") == "mine.jsonl"
    assert located(open_benchmark("mbpp"), None) == str(tmp_path / "mbpp.jsonl")


def test_a_file_that_the_folder_lacks_comes_from_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("TAROT_DATA_DIR", str(tmp_path))
    assert located(open_benchmark("mbpp"), None) == "google-research-datasets/mbpp"
    monkeypatch.delenv("TAROT_DATA_DIR")
    assert located(open_benchmark("humaneval"), None) == "openai/openai_humaneval"


def test_a_data_folder_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setenv("TAROT_DATA_DIR", "/nowhere/at/all")
    with pytest.raises(DataError, match="TAROT_DATA_DIR names /nowhere/at/all"):
        located(open_benchmark("mbpp"), None)


def test_a_row_that_lacks_a_column_is_named(jsonl):
    path = jsonl("HumanEval.jsonl", [{"task_id": "HumanEval/0", "prompt": ""}])
    with pytest.raises(DataError, match=r"HumanEval.jsonl:1: .*missing canonical_solution, test, entry_point"):
        open_benchmark("humaneval").load(path, None, None)


def test_a_folder_that_was_named_is_part_of_the_settings_of_a_run(tmp_path):
    (tmp_path / "mbpp.jsonl").write_text("")
    entries = {entry.name: entry.data for entry in resolve("gold", "paper", data_dir=str(tmp_path)).benchmarks}
    assert entries.pop("mbpp") == str(tmp_path / "mbpp.jsonl")
    assert set(entries.values()) == {None}
    said = resolve("gold", "paper", ("mbpp=elsewhere.jsonl",), data_dir=str(tmp_path))
    assert "elsewhere.jsonl" in [entry.data for entry in said.benchmarks]
    with pytest.raises(DataError, match="--data-dir names /nowhere"):
        resolve("gold", "paper", data_dir="/nowhere")
