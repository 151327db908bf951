"""The shipped task files: lm-eval hides a file that it cannot read, so each is built here."""

import shutil
from pathlib import Path

import pytest
import yaml

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.integrations.lm_eval import tasks_dir
from tests.integrations.lm_eval.recorded import data_file, problems

FILES = sorted(tasks_dir().glob("*.yaml"))


def check(folder: Path) -> None:
    """Every file of a folder is listed by lm-eval under its own name, and what it includes can be resolved."""
    from lm_eval.tasks import TaskManager
    from lm_eval.tasks._yaml_loader import load_yaml

    listed = set(TaskManager(include_path=str(folder), include_defaults=False).all_tasks)
    for file in folder.glob("*.yaml"):
        assert file.stem in listed, f"{file.name}: lm-eval does not list it"
        config = load_yaml(file)
        assert file.stem in (config.get("task"), config.get("group"))
        if "group" not in config:
            open_benchmark(config["benchmark"])
            sampling = config["generation_kwargs"]
            assert {"until", "do_sample", "temperature", "max_gen_toks"} <= set(sampling)
            assert config["unsafe_code"] is True


def test_every_shipped_file_is_a_task_that_lm_eval_lists():
    assert len(FILES) >= 7
    check(tasks_dir())


@pytest.mark.parametrize("damage", ["task: tarot_edge\n  tier: edge: x", "include: _no_such_base\ntask: tarot_edge"])
def test_a_broken_file_would_be_noticed(damage, tmp_path):
    folder = Path(shutil.copytree(tasks_dir(), tmp_path / "tasks"))
    check(folder)
    (folder / "tarot_edge.yaml").write_text(damage)
    with pytest.raises(AssertionError, match="tarot_edge"):
        check(folder)


def test_no_name_shadows_a_task_of_lm_evals_own():
    assert all(file.stem == "tarot" or file.stem.startswith("tarot_") for file in FILES)


def test_the_folder_is_not_taken_for_lm_evals_own_tasks():
    """lm-eval renames modules below such a path, and then imports the wrong ones."""
    assert "/lm_eval/tasks/" not in f"{tasks_dir()}/"


def test_every_four_tier_task_loads_its_problems(tmp_path):
    from lm_eval.tasks import TaskManager

    metadata = {"data": data_file(tmp_path, problems(3))}
    manager = TaskManager(include_path=str(tasks_dir()), include_defaults=False, metadata=metadata)
    loaded = manager.load(["tarot", "tarot_all"])
    assert set(loaded["tasks"]) == {"tarot_basic", "tarot_intermediate", "tarot_complex", "tarot_edge", "tarot_all"}
    for task in loaded["tasks"].values():
        assert len(task.eval_docs) == 3
        assert task.UNSAFE_CODE is True


def test_a_task_of_the_users_own_builds_on_ours(tmp_path):
    """As the README shows: eight samples of each problem, on data of one's own."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    from tests.integrations.lm_eval.recorded import NO_CODE, answers_for, recorded

    made = problems(2)
    own = {"include": str(tasks_dir() / "tarot_all.yaml"), "task": "mine", "repeats": 8}
    own["metadata"] = {"version": 1, "data": data_file(tmp_path, made)}
    own["generation_kwargs"] = {"until": [], "do_sample": True, "temperature": 0.8, "max_gen_toks": 512}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.yaml").write_text(yaml.safe_dump(own))
    model = recorded(answers_for(made, [NO_CODE]), made)
    manager = TaskManager(include_path=[str(tasks_dir()), str(tmp_path / "mine")], include_defaults=False)
    results = lm_eval.simple_evaluate(model, tasks=["mine"], task_manager=manager, confirm_run_unsafe_code=True)
    assert len(model.requests) == 16
    assert "strict@8,graded" in results["results"]["mine"]
