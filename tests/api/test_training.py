"""A trained model and its base are evaluated as the model was trained, and compared."""

import json
import shutil

import pytest

from tarot_bench.api.training import TrainedEvaluator
from tarot_bench.dataset import load_problems
from tarot_bench.errors import RecipeError
from tarot_bench.runs import RunDirectory
from tarot_bench.training.recipe import resolve
from tarot_bench.training.results import TrainingSummary, finished, write_summary
from tests.cli.command import expect_one_line, tarot
from tests.models import tiny_llama

SUITE = {"name": "small", "benchmarks": [{"name": "tarot"}], "sampling": {"temperature": 0, "max_tokens": 100}}
CRUXEVAL = {"id": "sample_0", "code": "def f(a):\n    return a", "input": "1", "output": "1"}


@pytest.fixture
def suite(tmp_path):
    """Writes a suite file and names it."""

    def written(data="synthetic-small:2", **changes):
        settings = {**SUITE, "benchmarks": [{"name": "tarot", "data": data}], **changes}
        (tmp_path / "small.yaml").write_text(json.dumps(settings))
        return str(tmp_path / "small.yaml")

    return written


def spec(folder, **fields):
    """A model file for a folder with a model."""
    path = folder.with_suffix(".yaml")
    path.write_text(json.dumps({"name": "tiny", "id": str(folder), "parameters_b": 0.0001, "context": 256, **fields}))
    return str(path)


def training_of(model, *overrides):
    return resolve("smoke", model, overrides=("trainer.bf16=false", *overrides))


def finish(training, output, weights):
    """What `train` leaves, with these weights."""
    RunDirectory.start(output, "train", training.identity, {}, resume=False)
    shutil.copytree(weights, output / "model")
    write_summary(output, TrainingSummary(steps=1, curriculum="static"))
    return output


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("chat", True, {"dtype": "float32"})),
        ({"system_role": False}, ("chat", False, {"dtype": "float32"})),
        ({"kind": "base"}, ("completions", True, {"dtype": "float32"})),
    ],
)
def test_the_settings_are_those_of_the_training(fields, expected, tmp_path, suite):
    training = training_of(spec(tmp_path / "m", **fields), "reward.format=think/answer", "data.system=Be brief.")
    settings = TrainedEvaluator(training, tmp_path / "run", suite(system="of the suite")).settings
    assert (settings.options.endpoint, settings.options.system_role, settings.options.extra) == expected
    assert settings.system == training.system
    assert settings.system.startswith("Be brief.\n\nThink the problem through between <think>")
    assert settings.benchmarks[0].prompt == "tarot"
    assert settings.model == f"hf/{tmp_path / 'run' / 'model'}"


def test_the_template_and_the_engine_are_those_of_the_training(tmp_path, suite):
    model = spec(tmp_path / "m", chat_template="plain", trainer={"chat_template_kwargs": {"enable_thinking": False}})
    colocate = training_of(model, "vllm.mode=colocate", "max_prompt_tokens=100")
    settings = TrainedEvaluator(colocate, tmp_path / "run", suite()).settings
    assert settings.model.startswith("vllm/")
    assert settings.options.extra["chat_template_kwargs"] == {"enable_thinking": False}
    assert "message" in settings.options.extra["chat_template"]
    assert settings.options.extra["max_model_len"] == 200
    adapters = training_of(model, "vllm.mode=colocate", "lora={rank: 4}")
    assert TrainedEvaluator(adapters, tmp_path / "run", suite()).settings.model.startswith("hf/")


def test_a_benchmark_whose_answers_are_no_programs_keeps_its_prompt(tmp_path, suite):
    (tmp_path / "crux.jsonl").write_text(json.dumps(CRUXEVAL) + "\n")
    entries = [{"name": "cruxeval_output", "data": str(tmp_path / "crux.jsonl")}, {"name": "tarot", "prompt": "mbpp"}]
    made = TrainedEvaluator(training_of(spec(tmp_path / "m")), tmp_path / "run", suite(benchmarks=entries))
    assert [entry.prompt for entry in made.settings.benchmarks] == [None, "tarot"]


def test_what_cannot_be_evaluated_is_refused_before_the_training(tmp_path, suite):
    training = training_of(spec(tmp_path / "m"))
    with pytest.raises(RecipeError, match="up to 4096 tokens, and tiny has a context of 256"):
        TrainedEvaluator(training, tmp_path / "run", "tarot")
    expect_one_line(tarot("train", "-r", "smoke", "--then", "sleep", cwd=tmp_path), "write --then evaluate")
    expect_one_line(
        tarot("train", "-r", "miniature", "--then", "evaluate", cwd=tmp_path),
        "trains one model, which miniature does not",
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_two_trainings_of_a_base_share_its_evaluation_and_nothing_is_repeated(tmp_path, suite, monkeypatch):
    pytest.importorskip("torch", reason="needs the hf extra")
    first, _ = load_problems("synthetic-small:2")
    base = tiny_llama.build_parrot(tmp_path / "base", "```python\nprint(0)\n```")
    better = tiny_llama.build_parrot(tmp_path / "better", f"```python\n{first.solution}\n```")
    model, runs = spec(base, context=1024), tmp_path / "runs"
    one = training_of(model, "data={source: synthetic-small:2}", "evaluation={}")
    made = TrainedEvaluator(one, finish(one, runs / "one", better), suite()).run()
    found = made.found.comparisons["tarot"].differences["strict"]
    assert (found.wins, found.losses, found.difference.problems) == ((first.id,), (), 2)
    assert made.found.trained_on == {"tarot": 2}
    assert json.loads((made.report.parent / "comparison.json").read_text()) == made.found.model_dump(mode="json")
    assert "Comparison on tarot" in made.report.read_text()

    other = training_of(model, "data={source: synthetic-small:4, held_out: 2}", "evaluation={}", "seed=1")
    beside = TrainedEvaluator(other, finish(other, runs / "other", base), suite()).run()
    assert beside.base.path == made.base.path
    assert beside.trained.path != made.trained.path
    assert beside.found.comparisons["tarot"].differences["strict"].difference.value == 0
    longer = TrainedEvaluator(other, runs / "other", suite(sampling={"temperature": 0, "max_tokens": 99})).run()
    assert longer.base.path != made.base.path

    monkeypatch.setattr("tarot_bench.models.registry.open_model", None)
    shutil.rmtree(base)
    shutil.rmtree(runs / "one" / "model")
    assert TrainedEvaluator(one, runs / "one", suite()).run().found == made.found


def test_a_training_is_finished_when_its_model_is_saved_and_its_settings_are_these(tmp_path):
    training = training_of(spec(tmp_path / "m"))
    assert finished(training, tmp_path / "run") is None
    RunDirectory.start(tmp_path / "run", "train", training.identity, {}, resume=False)
    assert finished(training, tmp_path / "run") is None
    write_summary(tmp_path / "run", TrainingSummary(steps=2, curriculum="static", held_out=({"step": 2, "edge": 0.5},)))
    assert finished(training, tmp_path / "run").held_out[-1]["edge"] == 0.5
    assert finished(training_of(spec(tmp_path / "m"), "seed=9"), tmp_path / "run") is None


@pytest.mark.slow
def test_train_then_evaluate_runs_resumes_and_tells(tmp_path, suite):
    command = [
        "train",
        "-r",
        "smoke",
        "--then",
        "evaluate",
        "--suite",
        suite("embedded"),
        "-o",
        "out/run",
        "data.limit=6",
    ]
    said = tarot(*command, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "tarot: base (first) and trained (second)" in said.stdout
    assert "!! the model was trained on 2 of these problems" in said.stdout
    (base,) = (tmp_path / "out" / "base").glob("small-tiny-*")
    before = (base / "run.json").stat().st_mtime_ns
    expect_one_line(tarot(*command, cwd=tmp_path), "add --resume")
    again = tarot(*command, "--resume", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stdout.endswith(said.stdout.split("\n", 1)[1])
    assert "step " not in again.stderr
    assert (base / "run.json").stat().st_mtime_ns == before
