"""What went wrong in the published recipes, planted one by one in recipes of both forms."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.recipes import root
from tarot_bench.training.lint.checks import groups_misfit, lint_model, lint_recipe, names_differ
from tarot_bench.training.lint.files import lint_files, shipped_files
from tarot_bench.training.lint.published import lint_published

PUBLISHED = {
    "model_name_or_path": "Qwen/Qwen2.5-3B-Instruct",
    "dataset_name": "org/data",
    "hub_model_id": "Qwen2.5-3B-CCRL-CUR-UNI-1E",
    "gradient_accumulation_steps": 8,
    "per_device_train_batch_size": 8,
    "num_generations": 7,
    "max_completion_length": 3072,
    "max_prompt_length": 1024,
    "learning_rate": 1e-6,
    "torch_dtype": "bfloat16",
    "warmup_ratio": 0.0,
}


def published(tmp_path, folder="qwen2.5-3b", **changes):
    path = tmp_path / folder / "uni.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump({**PUBLISHED, **changes}))
    return path


def messages(findings, level=None):
    return " | ".join(finding.message for finding in findings if level in (None, finding.level))


def test_everything_that_ships_is_clean():
    assert [str(finding) for finding in lint_files(shipped_files())] == []


@pytest.mark.parametrize("model", [f.stem for f in (root() / "training_baselines" / "models").glob("[!t]*.yaml")])
@pytest.mark.parametrize("recipe", ["paper", "grpo", "lora"])
def test_every_model_fits_every_recipe(recipe, model):
    assert lint_recipe(root() / "training_baselines" / "recipes" / f"{recipe}.yaml", model) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": "other"}, "the file is called 'mine', the recipe 'other'"),
        ({"trainer": {"num_generations": 5}}, "a generation batch of 64 completions"),
        ({"trainer": {"num_generations": 1}}, "at least 2"),
        ({"trainer": {"num_generations": "two"}}, "is 'two', and must be a whole number"),
        ({"trainer": {"max_steps": 0}}, "must be a whole number above 0, or -1 for whole epochs"),
        ({"trainer": {"per_device_train_batch_size": 0}}, "is 0, and must be a whole number above 0"),
        ({"trainer": {"learning_rate": "fast"}}, "is 'fast', and must be a number"),
        ({"trainer": {"bf16": "yes please"}}, "must be true or false"),
        ({"trainer": {"max_prompt_length": 9}}, "use max_prompt_tokens"),
        ({"trainer": {"warmup_ratio": 0.1}}, "use warmup_steps"),
        ({"trainer": {"learning_rat": 0.1}}, "TRL has no such setting"),
        ({"trainer": {"seed": 1}}, "decided by seed"),
        ({"max_completion_tokens": 40000}, "exceeds qwen2.5-3b's 32768 positions"),
        ({"evaluation": {"every": 5}}, "nothing to evaluate on"),
        (
            {"evaluation": {"every": 5, "samples": 3}, "data": {"held_out": 9}},
            "does not divide into evaluation.samples",
        ),
        ({"curriculum": "easiest"}, "neither a file nor a curriculum"),
        ({"trainer": {"num_iterations": 2, "save_steps": 5}}, "must be a multiple of 2"),
        ({"trainer": {"save_total_limit": 1}}, "deletes the only whole checkpoint"),
        ({"curriculum": "hard_focus"}, "needs data.order=curriculum"),
        ({"data": {"sampling": {"floor": 0.2}}}, "data.sampling needs data.order=dynamic, not shuffled"),
        ({"curriculum": "adaptive_forward", "trainer": {"max_steps": 10}}, "fewer than its window of 256"),
        ({"model": "tiny", "vllm": {"mode": "server"}, "max_completion_tokens": 512}, "has no weights to serve"),
        ({"model": "tiny", "reward": {"format": "model"}, "max_completion_tokens": 512}, "names no format"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, change, complaint):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"name": "mine", "model": "qwen2.5-3b", "trainer": {}} | change))
    assert complaint in messages(lint_recipe(path))


def test_curricula_are_read_wherever_they_are(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nweights: {basic: 1, edge: 1}\nstages: [{until: 1.0, tiers: [edge]}]\n")
    assert messages(lint_files([path])) == "weights names basic, which is in no stage"
    path.write_text("name: yours\nweights: {edge: 1}\nstages: [{until: 1.0, tiers: [edge]}]\n")
    assert messages(lint_files([path])) == "the file is called 'mine', the curriculum 'yours': give both one name"
    (tmp_path / "curricula").mkdir()
    misspelt = tmp_path / "curricula" / "mine.yaml"
    misspelt.write_text("name: mine\nwieghts: {edge: 1}\nstagse: [{until: 1.0, tiers: [edge]}]\n")
    (found,) = lint_files([misspelt])
    assert found.message.startswith(
        "wieghts: unknown key; did you mean weights?; stagse: unknown key; did you mean stages?;"
    )


def test_a_model_file_that_names_another_model_is_found(tmp_path):
    path = tmp_path / "qwen2.5-3b.yaml"
    path.write_text("name: qwen2.5-3b\nid: Qwen/Qwen2.5-Coder-3B-Instruct\nparameters_b: 3\ncontext: 100\n")
    assert "which is another model's" in messages(lint_model(path))


@pytest.mark.parametrize(
    ("name", "model", "differ"),
    [
        ("qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct", False),
        ("qwen2.5-7b", "Qwen/Qwen2.5-Coder-7B-Instruct", True),
        ("qwen2.5-coder-7b", "Qwen/Qwen2.5-7B-Instruct", True),
        ("gemma2-9b-it", "google/gemma-2-9b-it", False),
        ("gemma2-9b-it", "google/gemma-2-2b-it", True),
        ("qwen3-4b-it", "Qwen/Qwen3-4B-Instruct-2507", False),
    ],
)
def test_a_short_name_is_told_from_another_models(name, model, differ):
    assert names_differ(name, model) is differ


def test_the_faults_of_published_recipes_are_found(tmp_path):
    assert messages(lint_published(published(tmp_path), PUBLISHED), "error") == ""
    swapped = published(tmp_path, model_name_or_path="Qwen/Qwen2.5-Coder-3B-Instruct")
    found = messages(lint_files([swapped]), "error")
    assert "the folder is called 'qwen2.5-3b', but Qwen/Qwen2.5-Coder-3B-Instruct is trained" in found
    assert "would be pushed as Qwen2.5-3B-CCRL-CUR-UNI-1E" in found
    assert "MAX_MODEL_LEN" in messages(lint_files([published(tmp_path, max_completion_length=4096)]), "warning")
    assert "does not divide" in messages(lint_files([published(tmp_path, num_generations=6)]), "error")
    assert "is it misspelt" in messages(lint_files([published(tmp_path, lerning_rate=1)]), "error")
    kept = messages(lint_files([published(tmp_path)]), "warning")
    assert all(key in kept for key in ("max_prompt_length", "torch_dtype", "warmup_ratio", "dataset_name"))


@given(st.integers(1, 16), st.integers(1, 16), st.integers(1, 8), st.integers(2, 16))
def test_groups_fit_exactly_where_the_batch_divides(each, steps, processes, size):
    settings = {"per_device_train_batch_size": each, "gradient_accumulation_steps": steps, "num_generations": size}
    assert (groups_misfit(settings, processes) is None) is (each * steps * processes % size == 0)


def test_the_command_exits_1_on_an_error_and_names_the_file(tmp_path):
    bad = published(tmp_path, folder="qwen2.5-7b")
    said = CliRunner().invoke(app, ["recipes", "lint", str(bad)])
    assert said.exit_code == 1
    assert f"{bad}: error: the folder is called 'qwen2.5-7b'" in said.stdout
    assert CliRunner().invoke(app, ["recipes", "lint"]).exit_code == 0
