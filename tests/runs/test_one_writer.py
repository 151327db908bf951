"""Every verb that writes to a run respects its lock, and says so on one line."""

import pytest

from tarot_bench.errors import RunError
from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.evaluation.importers import import_results
from tarot_bench.generation.factory import generate
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.progress import Silent
from tarot_bench.runs import writing

RECIPE = "source: {data: 'synthetic:2@5', keep_tiers: true}\ngenerators: [{model: mutate}]\ndecontaminate: null\n"


def generating(folder):
    (folder / "recipe.yaml").write_text("name: locked\n" + RECIPE)
    generate(load_recipe(str(folder / "recipe.yaml")), folder / "run", Silent())


def evaluating(folder):
    evaluate(resolve("gold", "tarot", limit=1), folder / "run")


def importing(folder):
    answers = folder / "samples.jsonl"
    answers.write_text('{"task_id": "HumanEval/0", "completion": "    return True"}\n')
    data = folder / "humaneval.jsonl"
    data.write_text(
        '{"task_id": "HumanEval/0", "prompt": "def f():\\n", "canonical_solution": "    return True\\n", '
        '"test": "def check(c):\\n    assert c()\\n", "entry_point": "f"}\n'
    )
    import_results(answers, folder / "run", benchmark="humaneval", data=str(data))


@pytest.mark.parametrize("write", [evaluating, generating, importing])
def test_a_second_writer_is_refused_and_leaves_no_trace(write, tmp_path):
    with writing(tmp_path / "run"):
        with pytest.raises(RunError, match="another process is writing"):
            write(tmp_path)
        assert [file.name for file in (tmp_path / "run").iterdir()] == [".lock"]
    write(tmp_path)
    assert not (tmp_path / "run" / ".lock").exists()
