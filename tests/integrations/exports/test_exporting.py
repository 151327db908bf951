"""What every format refuses, in one line, and leaves as it was."""

import json
import sys

import pytest

from tarot_bench import export, open_run
from tarot_bench.errors import RunError, UserError
from tarot_bench.evaluation import evaluate, resolve
from tests.integrations.lm_eval.recorded import data_file, problems

OUTPUTS = {
    "inspect": "log.eval",
    "every-eval-ever": "",
    "hub": "",
    "lm-eval": "",
    "parquet": "t.parquet",
    "csv": "t.csv",
}
OPTIONS = {"every-eval-ever": {"model_id": "a/b"}, "hub": {"dataset_id": "you/tiers"}}


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("to", OUTPUTS)
def test_a_file_that_exists_is_kept(to, finished, tmp_path):
    if to == "inspect":
        pytest.importorskip("inspect_ai")
    made = export(open_run(finished), to, tmp_path / OUTPUTS[to], **OPTIONS.get(to, {}))
    for path in made.files:
        path.write_text("precious")
        before = contents(tmp_path)
        with pytest.raises(RunError, match="exists; remove it, or choose another --output"):
            export(finished, to, tmp_path / OUTPUTS[to], **OPTIONS.get(to, {}))
        assert contents(tmp_path) == before


@pytest.mark.parametrize("to", OUTPUTS)
def test_an_output_that_cannot_be_written_is_one_line(to, finished, tmp_path):
    if to == "inspect":
        pytest.importorskip("inspect_ai")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"cannot write .*choose another --output"):
        export(finished, to, tmp_path / "file" / "under" / OUTPUTS[to], **OPTIONS.get(to, {}))


@pytest.mark.parametrize(
    ("to", "options", "said"),
    [
        ("cvs", {}, "unknown format 'cvs'; there are inspect, .* did you mean csv"),
        ("csv", {"model_id": "a/b"}, "--model-id is only for --to every-eval-ever"),
        ("csv", {"dataset_id": "a/b"}, "--dataset-id is only for --to hub"),
        ("lm-eval", {"benchmark": "humaneval"}, "has no benchmark 'humaneval'; it has tarot"),
        ("csv", {"benchmark": "humaneval"}, "has the benchmarks tarot; name one of them"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(to, options, said, finished, tmp_path):
    with pytest.raises(UserError, match=said):
        export(finished, to, tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("to", OUTPUTS)
def test_what_is_no_run_is_one_line(to, tmp_path):
    with pytest.raises(RunError, match=r"it has no run\.json"):
        export(tmp_path, to, tmp_path / "out.eval", **OPTIONS.get(to, {}))


def test_a_missing_package_is_one_line_with_the_command(finished, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    with pytest.raises(UserError, match=r'pip install "tarot-bench\[inspect\]"'):
        export(finished, "inspect", tmp_path / "log.eval")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A run of two benchmarks, one of them without tiers."""
    folder = tmp_path_factory.mktemp("two")
    row = {"id": "sample_0", "code": "def f(x):\n    return x + 1", "input": "1", "output": "2"}
    (folder / "crux.jsonl").write_text(json.dumps(row) + "\n")
    data = (f"tarot={data_file(folder, problems(2))}", f"cruxeval_output={folder / 'crux.jsonl'}")
    evaluate(resolve("gold", "tarot", benchmarks=("tarot", "cruxeval_output"), data=data), folder / "run")
    return folder / "run"


def test_a_run_of_two_benchmarks_has_a_task_and_a_record_for_each(two, tmp_path):
    made = export(two, "lm-eval", tmp_path)
    results = json.loads(made.files[0].read_text())["results"]
    assert (results["tarot_all"]["strict,graded"], results["tarot_cruxeval_output"]["pass@1,graded"]) == (1.0, 1.0)
    assert made.samples == 3
    made = export(two, "every-eval-ever", tmp_path)
    assert [path.parts[-4] for path in made.files] == ["tarot", "tarot", "cruxeval_output", "cruxeval_output"]
    told = json.loads(made.files[2].read_text())["evaluation_results"]
    assert [result["evaluation_result_id"] for result in told] == ["cruxeval_output.original"]
    made = export(two, "csv", tmp_path / "t.csv", benchmark="cruxeval_output")
    assert (made.samples, len(made.files[0].read_text().splitlines())) == (1, 2)


def test_a_format_with_one_benchmark_asks_which(two, tmp_path):
    log_module = pytest.importorskip("inspect_ai.log")
    with pytest.raises(RunError, match="has the benchmarks tarot, cruxeval_output; name one of them with --benchmark"):
        export(two, "inspect", tmp_path / "log.eval")
    with pytest.raises(RunError, match="cruxeval_output has no tiers"):
        export(two, "hub", tmp_path, benchmark="cruxeval_output", dataset_id="you/tiers")
    (path,) = export(two, "inspect", tmp_path / "log.eval", benchmark="cruxeval_output").files
    assert [score.name for score in log_module.read_eval_log(str(path)).results.scores] == ["original"]
