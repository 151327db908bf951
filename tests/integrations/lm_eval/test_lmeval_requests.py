"""How often lm-eval asks the model, and what it does with the answers."""

import json

import pytest
import yaml

from tarot_bench.errors import RecipeError, RunError
from tarot_bench.integrations.lm_eval import tasks_dir
from tests.integrations.lm_eval.recorded import NO_CODE, RIGHT, answers_for, data_file, problems, recorded, run

GROUP = ["tarot_basic", "tarot_intermediate", "tarot_complex", "tarot_edge"]


@pytest.fixture
def twenty(tmp_path):
    made = problems(20)
    return made, data_file(tmp_path, made)


def silent(made):
    """Nothing to run: for tests that only count."""
    return recorded(answers_for(made, [NO_CODE]), made)


@pytest.mark.parametrize("tasks", [["tarot"], GROUP, ["tarot_all"], ["tarot_edge"]])
def test_twenty_problems_with_two_repeats_are_forty_requests(tasks, twenty):
    made, data = twenty
    model = silent(made)
    results = run(model, tasks, {"data": data, "repeats": 2})
    assert len(model.requests) == 40
    assert all(results["n-samples"][name]["effective"] == 20 for name in results["configs"])


def test_a_second_run_in_the_same_process_asks_again(twenty):
    made, data = twenty
    for _ in range(2):
        model = silent(made)
        run(model, ["tarot"], {"data": data})
        assert len(model.requests) == 20


def test_a_run_that_died_before_it_asked_leaves_nothing_behind(twenty):
    made, data = twenty

    class BrokenError(Exception):
        pass

    broken = silent(made)
    broken.generate_until = lambda requests: (_ for _ in ()).throw(BrokenError)
    kept = []  # as a notebook keeps the traceback, and through it the tasks
    try:
        run(broken, ["tarot_basic"], {"data": data})
    except BrokenError as error:
        kept.append(error)
    with pytest.raises(ValueError, match="unsafe"):
        run(silent(made), ["tarot_complex"], {"data": data}, confirm_run_unsafe_code=False)
    model = silent(made)
    run(model, ["tarot_edge", "tarot_complex"], {"data": data})
    assert len(model.requests) == 20


def test_the_same_tasks_can_be_evaluated_twice_and_in_part(twenty):
    import lm_eval
    from lm_eval.tasks import TaskManager

    made, data = twenty
    manager = TaskManager(include_path=str(tasks_dir()), include_defaults=False, metadata={"data": data})
    loaded = manager.load(["tarot"])
    part = {"tasks": {"tarot_edge": loaded["tasks"]["tarot_edge"]}}
    for tasks in (loaded, part, loaded):
        model = silent(made)
        lm_eval.evaluate(model, tasks, confirm_run_unsafe_code=True, bootstrap_iters=0)
        assert len(model.requests) == 20


def test_tiers_that_sample_differently_do_not_share(twenty, tmp_path):
    made, data = twenty
    hotter = {"include": str(tasks_dir() / "tarot_edge.yaml"), "task": "tarot_hot_edge"}
    hotter["generation_kwargs"] = {"until": [], "do_sample": True, "temperature": 0.9, "max_gen_toks": 64}
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "hot.yaml").write_text(yaml.safe_dump(hotter))
    model = silent(made)
    run(model, ["tarot_basic", str(tmp_path / "tasks" / "hot.yaml")], {"data": data})
    assert len(model.requests) == 40


def test_limit_and_chosen_samples_are_asked_once(twenty):
    made, data = twenty
    model = silent(made)
    run(model, ["tarot"], {"data": data, "repeats": 3}, limit=5)
    assert len(model.requests) == 15
    model = silent(made)
    results = run(
        model, ["tarot_basic", "tarot_edge"], {"data": data}, samples={"tarot_basic": [3, 7], "tarot_edge": [7, 9]}
    )
    assert sorted(request.doc["problem_id"] for request in model.requests) == ["times/11", "times/5", "times/9"]
    assert [sample["doc_id"] for sample in results["samples"]["tarot_edge"]] == [7, 9]


def test_the_chat_template_is_applied_to_the_prompt(twenty):
    made, data = twenty
    model = silent(made)
    run(model, ["tarot"], {"data": data}, limit=2, apply_chat_template=True, fewshot_as_multiturn=True)
    assert all(request.args[0].startswith("<user>Write a Python 3 program") for request in model.requests)


def test_what_is_sampled_is_said_in_full(twenty):
    made, data = twenty
    model = silent(made)
    run(model, ["tarot_all"], {"data": data}, limit=1)
    (request,) = model.requests
    assert request.args[1] == {"until": [], "do_sample": False, "temperature": 0.0, "max_gen_toks": 4096}


def test_a_temperature_alone_means_sampling(twenty, tmp_path):
    """Without `do_sample: true` lm-eval decodes greedily and gives one cached text for all repeats."""
    made, data = twenty
    model = silent(made)
    cache = str(tmp_path / "cache")
    for _ in range(2):
        run(model, ["tarot"], {"data": data, "repeats": 2}, limit=2, gen_kwargs={"temperature": 0.8}, use_cache=cache)
    assert len(model.requests) == 8
    assert all(request.args[1]["do_sample"] is True for request in model.requests)


def test_a_greedy_run_is_answered_from_the_cache(twenty, tmp_path):
    made, data = twenty
    model = silent(made)
    for _ in range(2):
        run(model, ["tarot"], {"data": data}, limit=4, use_cache=str(tmp_path / "cache"))
    assert len(model.requests) == 4


def test_cached_requests_of_other_data_are_refused(twenty, tmp_path, monkeypatch):
    monkeypatch.setattr("lm_eval.caching.cache.PATH", str(tmp_path / "requests"))
    made, data = twenty
    run(silent(made), ["tarot_all"], {"data": data}, cache_requests=True)
    run(silent(made), ["tarot_all"], {"data": data}, cache_requests=True)
    other = [problem.model_copy(update={"statement": problem.statement + "!"}) for problem in made]
    (tmp_path / "other").mkdir()
    with pytest.raises(RunError, match="cache_requests refresh"):
        run(silent(other), ["tarot_all"], {"data": data_file(tmp_path / "other", other)}, cache_requests=True)


def test_predicting_only_keeps_every_answer_and_runs_no_program(twenty):
    made, data = twenty
    model = recorded(answers_for(made, [RIGHT, NO_CODE]), made)
    results = run(model, ["tarot"], {"data": data, "repeats": 2, "sandbox": "local"}, limit=2, predict_only=True)
    assert len(model.requests) == 4
    assert results["results"]["tarot_edge"]["bypass,graded"] == 999
    assert [len(sample["resps"][0]) for sample in results["samples"]["tarot_edge"]] == [2, 2]


@pytest.mark.parametrize(
    ("metadata", "tasks", "said"),
    [
        ({"repeats": 2, "k": [1, 5]}, ["tarot_all"], "repeats 2"),
        ({"tiers": ["edge"]}, ["tarot_basic"], "tarot_basic is outside"),
        ({"tiers": "edge,hardest"}, ["tarot_all"], "hardest"),
        ({"prompt": "no-such-prompt"}, ["tarot_all"], "no-such-prompt"),
        ({"repeats": "many"}, ["tarot_all"], "repeats"),
    ],
)
def test_metadata_that_cannot_be_are_refused_before_anything_is_asked(metadata, tasks, said, twenty):
    from tarot_bench.errors import UserError

    made, data = twenty
    with pytest.raises(UserError, match=said):
        run(silent(made), tasks, {"data": data} | metadata)


def test_another_revision_of_the_data_than_the_one_named_is_refused(twenty):
    from tarot_bench.dataset import load_problems
    from tarot_bench.errors import DataError

    made, data = twenty
    named = {"data": data, "data_revision": load_problems(data).revision}
    run(silent(made), ["tarot_all"], named, limit=1)
    with pytest.raises(DataError, match="revision"):
        run(silent(made), ["tarot_all"], named | {"data_revision": "sha256:0"}, limit=1)


def test_the_models_own_arguments_in_the_metadata_do_no_harm(twenty):
    made, data = twenty
    own = {"pretrained": "somebody/model", "revision": "main", "dtype": "auto", "trust_remote_code": False}
    run(silent(made), ["tarot_all"], {"data": data, **own}, limit=1)


def test_an_unknown_benchmark_in_a_task_file_is_named(twenty, tmp_path):
    made, _ = twenty
    task = {"include": str(tasks_dir() / "_graded"), "task": "mine", "benchmark": "humanevall"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(task))
    with pytest.raises(RecipeError, match="humanevall"):
        run(silent(made), [str(tmp_path / "mine.yaml")])


def test_the_data_behind_the_numbers_are_in_the_result_file(twenty):
    made, data = twenty
    results = run(silent(made), ["tarot_all"], {"data": data}, limit=1)
    metadata = json.loads(json.dumps(results["configs"]["tarot_all"]["metadata"]))
    assert metadata["data_source"] == data
    assert metadata["data_revision"].startswith("sha256:")
    assert metadata["benchmark"] == "tarot"
