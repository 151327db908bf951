"""The published folder: what is written is what is read back, in every configuration."""

import json
from pathlib import Path

import datasets
import pytest
import yaml

from tarot_bench.dataset import Entry, load_entries, load_problems, load_rows, published
from tarot_bench.dataset.entry import WrongProgram
from tarot_bench.errors import DataError, InfrastructureError
from tarot_bench.problem import Origin, Problem, TestCase, Tier
from tarot_bench.publishing import plots, verify, write_folder
from tarot_bench.publishing.layout import configs_of, write_tables


@pytest.fixture
def write(tmp_path, recipe, making, funnel):
    def to(name, entries):
        return write_folder(entries, tmp_path / name, recipe, "org/tiers", making, "1.0.0", funnel)

    return to


@pytest.fixture(scope="module")
def made(entries, recipe, making, funnel, tmp_path_factory):
    """One written folder for all who only read it."""
    return write_folder(entries, tmp_path_factory.mktemp("made") / "set", recipe, "org/tiers", making, "1.0.0", funnel)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_loads_as_problems_and_with_all_that_is_known_of_them(made, entries):
    assert load_problems(made.path).problems == tuple(entry.problem for entry in entries)
    assert load_entries(made.path) == entries
    assert made.rows == {"default": 4, "basic": 3, "intermediate": 1, "complex": 1, "edge": 2, "tarot_v1": 3}
    assert made.size == sum(map(len, files_of(made.path).values()))


def test_the_tasks_of_the_hub_are_all_tiers_and_each_tier_as_a_configuration_that_loads(made):
    told = yaml.safe_load((made.path / "eval.yaml").read_text())
    assert list(told) == ["name", "description", "evaluation_framework", "tasks"]
    assert [task["id"] for task in told["tasks"]] == ["strict", "basic", "intermediate", "complex", "edge"]
    for task in told["tasks"]:
        assert datasets.load_dataset(str(made.path), task["config"], split=task["split"]).num_rows


def test_a_tiers_rows_have_what_was_measured_of_them(made):
    row = load_rows(made.path, config_name="complex").rows[0]
    assert (row["problem_id"], row["input"], row["reason"]) == ("measured", "complex\n", "why")
    assert (row["kill_rate"], row["steps"], row["generator"], row["round"]) == (0.3, 3, "openai/any", 0)
    assert row["unique_kills"] is None


def test_what_is_known_of_generated_tests_is_published_and_read_again(write, generated):
    made = write("set", [generated])
    assert load_entries(made.path) == [generated]
    (row,) = load_rows(made.path, config_name="complex").rows
    assert (row["generator_program"], row["seed"], row["input_bytes"]) == ("numbers", 5, 2_000_000)
    assert (row["input"], row["input_sha256"]) == ("", "0" * 64)
    (whole,) = load_rows(made.path).rows
    assert whole["generator_programs"] == [{"name": "numbers", "source": "print(input())"}]
    assert whole["tests"][0]["votes"] == [{"voter": "gold", "agrees": True}, {"voter": "brute-force", "agrees": False}]


def test_a_test_whose_input_is_not_stored_is_left_out_of_tarot_v1_and_counted(write, generated, entries):
    made = write("set", [generated, entries[3]])
    (row,) = load_rows(made.path, config_name="tarot_v1").rows
    assert [case["input"] for case in row["verification_info"]["test_cases"]] == ["1\n"]
    assert (made.statistics.generated, made.statistics.made_again, made.statistics.outside_tarot_v1) == (1, 1, 1)
    assert "The input of 1 tests is too large to be stored" in (made.path / "README.md").read_text()


def test_wrong_programs_of_a_source_without_a_licence_are_not_published(write, generated):
    unlicensed = generated.problem.model_copy(update={"origin": Origin()})
    ours = WrongProgram(source="print(1)", origin="slow")
    entry = generated.model_copy(update={"problem": unlicensed, "wrong": (*generated.wrong, ours)})
    assert load_entries(write("set", [entry]).path)[0].wrong == (ours,)


def test_the_same_entries_give_the_same_bytes_whatever_a_killed_call_left_behind(made, write, entries, tmp_path):
    (tmp_path / "again.partial" / "data").mkdir(parents=True)
    (tmp_path / "again.partial" / "data" / "train-00009.parquet").write_text("torn")
    assert files_of(write("again", entries).path) == files_of(made.path)


def test_a_folder_written_again_holds_nothing_of_the_one_before(write, entries):
    write("set", entries[3:])
    again = write("set", entries[1:2])
    assert again.rows == {"default": 1, "basic": 1, "tarot_v1": 1}
    assert not (again.path / "tiers" / "edge").exists()  # which the first one had
    assert [path.name for path in again.path.parent.glob("set*")] == ["set"]


def test_a_set_larger_than_a_file_is_split_and_read_as_one(tmp_path, entries, monkeypatch):
    monkeypatch.setattr("tarot_bench.publishing.layout.SHARD_ROWS", 3)
    write_tables(entries, tmp_path / "set")
    names = sorted(path.name for path in (tmp_path / "set" / "data").iterdir())
    assert names == ["train-00000.parquet", "train-00001.parquet"]
    rows = datasets.load_dataset(str(tmp_path / "set" / "data"), split="train").to_list()
    assert [published.entry_from_row(row) for row in rows] == entries


def test_a_changed_row_is_found_and_its_column_named(made, entries):
    other = [entries[0].model_copy(update={"validator": "exit(1)"}), *entries[1:]]
    with pytest.raises(
        InfrastructureError, match=r"configuration default: row 1 differs from what was written \(validator\)"
    ):
        verify(made.path, other)


def test_a_missing_row_is_found(made, entries):
    extra = Problem(id="more", statement="", tests=(TestCase(tier=Tier.BASIC, input="1"),))
    with pytest.raises(InfrastructureError, match="configuration default: row 5"):
        verify(made.path, [*entries, Entry(problem=extra)])


def test_the_card_declares_the_configurations_that_are_there(made, entries):
    front = yaml.safe_load((made.path / "README.md").read_text().split("---\n")[1])
    declared = {config["config_name"]: config["data_files"][0]["path"] for config in front["configs"]}
    assert declared == {config.name: config.pattern for config in configs_of(entries)}
    for pattern in declared.values():
        assert list(made.path.glob(pattern))


def test_other_entries_in_a_folder_of_the_same_name_are_not_taken_for_these(entries, write, made):
    other = write("set", [entries[0].model_copy(update={"validator": "exit(1)"}), *entries[1:]])
    for path, validator in ((made.path, "exit(0)"), (other.path, "exit(1)")):
        assert datasets.load_dataset(str(path), split="train")[0]["validator"] == validator


def test_croissant_describes_every_scalar_column_and_its_files(made):
    described = json.loads((made.path / "croissant.json").read_text())
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert described["datePublished"] == "2026-11-20"
    files = {part["@id"]: part for part in described["distribution"]}
    sets = {part["name"]: part for part in described["recordSet"]}
    assert set(sets) == set(made.rows)
    # The one name for Parquet by which readers of Croissant 1.0 know it.
    assert {part["encodingFormat"] for part in described["distribution"]} == {"git+https", "application/x-parquet"}
    for name, records in sets.items():
        columns = load_rows(made.path, config_name=name).rows[0]
        for field in records["field"]:
            assert field["name"] in columns
            assert list(made.path.glob(files[field["source"]["fileSet"]["@id"]]["includes"]))
    assert {field["name"] for field in sets["edge"]["field"]} == set(load_rows(made.path, config_name="edge").rows[0])


def test_without_altair_nothing_is_drawn(entries, funnel, tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "can_draw", lambda: False)
    assert plots.draw(entries, funnel, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_plots_are_drawn_of_what_there_is_and_shown_by_the_card(made, entries, funnel, tmp_path):
    pytest.importorskip("altair")
    card = (made.path / "README.md").read_text()
    for name in ("funnel.png", "tiers.png"):
        assert f"](assets/{name})" in card
    plots.draw(entries[1:], funnel, tmp_path)
    assert [path.name for path in (tmp_path / "assets").iterdir()] == ["funnel.png"]


@pytest.mark.parametrize(
    ("pick", "fault"),
    [(slice(0, 0), "nothing to publish"), ([0, 1, 0], "two problems have the id 'measured'")],
)
def test_what_cannot_be_a_dataset_is_refused_before_anything_is_written(write, entries, tmp_path, pick, fault):
    chosen = entries[pick] if isinstance(pick, slice) else [entries[number] for number in pick]
    with pytest.raises(DataError, match=fault):
        write("set", chosen)
    assert not list(tmp_path.glob("set*"))


def test_a_folder_with_somebodys_files_is_left_alone(write, entries, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "thesis.tex").write_text("")
    with pytest.raises(DataError, match="holds other files"):
        write("set", entries)


def test_real_tarot_rows_come_out_as_they_went_in(write, shared_data):
    source = Path(shared_data) / "tarot_rows.jsonl"
    made = write("set", load_entries(source))
    assert list(load_rows(made.path, config_name="tarot_v1")) == list(load_rows(source))


CONSUMER = """
import json, sys
from datasets import load_dataset

for row in load_dataset(sys.argv[1], "tarot_v1", split="train"):
    info = row["verification_info"]
    code = row["gold_standard_solution"].split("```python\\n")[1].rsplit("```", 1)[0]
    for case in info["test_cases"]:
        assert info["language"] == "python" and case["type"] == "stdin_stdout"
        assert case["label"] in (None, "basic", "medium", "high", "edge")
        print(json.dumps([row["problem"], code, case["input"], case["output"], case["label"]]))
"""
"""Written against the published shape alone: nothing of ours."""


def test_a_script_written_for_the_published_shape_reads_ours(write, tmp_path, sandbox):
    import subprocess
    import sys

    from tarot_bench.problem import Limits
    from tarot_bench.sandbox.base import Job

    entries = load_entries("synthetic:5")
    made = write("set", entries)
    command = [sys.executable, "-c", CONSUMER, str(made.path)]
    environment = {"PATH": "/usr/bin:/bin", "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, cwd=tmp_path)
    cases = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(cases) == sum(len(entry.problem.all_tests) for entry in entries)
    assert {case[4] for case in cases} == {None, "basic", "medium", "high", "edge"}
    for _, code, given, expected, _ in cases:
        (ran,) = sandbox.run(Job(code, "stdin", (given.encode(),), Limits()))
        assert ran.stdout.decode().split() == expected.split()
