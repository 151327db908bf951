"""An imported file becomes a run that is graded, explained and compared like any other."""

import json

import pytest

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import DataError, RecipeError, RunError, UserError
from tarot_bench.evaluation import explain, regrade
from tarot_bench.evaluation.importers import agreement, import_results
from tarot_bench.evaluation.importers.claims import Claim, compare
from tarot_bench.evaluation.importers.matching import matched
from tarot_bench.evaluation.importers.reading import ImportedSample, Reading
from tarot_bench.problem import Origin, Tier
from tarot_bench.verdict import Extraction, Grade, TestResult, Verdict
from tests.evaluation.importers.test_import_formats import EVALCHEMY, LIVECODEBENCH, LM_EVAL, write
from tests.integrations.lm_eval.recorded import problems


def named(count: int, difficulties=("easy",)):
    """Problems that a source calls q2, q3, …, one of them in each difficulty in turn."""
    return [
        problem.model_copy(update={"origin": Origin(id=f"q{n + 2}", difficulty=difficulties[n % len(difficulties)])})
        for n, problem in enumerate(problems(count))
    ]


def question(number: int, programs: list[str], graded: list[bool]) -> dict:
    changed = {"question_id": f"q{number}", "output_list": programs, "code_list": programs, "graded_list": graded}
    return LIVECODEBENCH[0] | changed


@pytest.fixture
def data(tmp_path):
    write_jsonl(named(4, ("easy", "hard")), tmp_path / "data.jsonl")
    return str(tmp_path / "data.jsonl")


RIGHT, WRONG = "print(int(input()) * 2)", "print(0)"


def test_an_imported_run_is_graded_and_held_against_the_files_own_verdicts(data, tmp_path):
    file = write(tmp_path, "eval_all.json", [question(2, [RIGHT, WRONG, RIGHT], [True, False, False])])
    found = import_results(file, tmp_path / "run", benchmark="tarot", data=data, model="their-model")
    assert (found.format, found.problems, found.samples) == ("livecodebench", 1, 3)
    (summary,) = regrade(tmp_path / "run")
    assert summary.model == "imported/their-model"
    assert summary.metrics.value("strict") == pytest.approx(2 / 3)
    assert summary.metrics.value("strict@3") == 1.0
    agreed = agreement(tmp_path / "run", "tarot")
    assert agreed.compared == 3
    (one,) = agreed.disagreements
    assert (one.claim.problem_id, one.claim.index, one.scope, one.verdict) == ("times/2", 2, "all", None)
    assert explain(tmp_path / "run", "times/2", 1).failures


def test_an_imported_run_tells_where_it_came_from(data, tmp_path):
    file = write(tmp_path, "eval_all.json", [question(2, [RIGHT], [True])])
    import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    manifest = json.loads((tmp_path / "run/run.json").read_text())
    assert manifest["kind"] == "evaluate"
    assert manifest["settings"]["model"] == "imported/eval_all"
    assert manifest["settings"]["ids"] == ["times/2"]
    source = manifest["environment"]["imported"]
    assert (source["file"], source["format"], len(source["sha256"])) == ("eval_all.json", "livecodebench", 64)


def test_every_problem_keeps_its_own_number_of_samples(data, tmp_path):
    """Times two is right for the first problem alone: 3 of 3, 0 of 1 and 1 of 2 samples pass."""
    rows = [question(2, [RIGHT] * 3, [True] * 3), question(3, [WRONG], [False])]
    rows.append(question(4, ["print(int(input()) * 4)", WRONG], [True, False]))
    file = write(tmp_path, "r.json", rows)
    import_results(file, tmp_path / "run", benchmark="tarot", data=data, ks=(2, 3))
    (summary,) = regrade(tmp_path / "run")
    counts = summary.metrics.counts
    assert (counts.samples, counts.ungraded) == (6, 0)
    assert summary.metrics.value("strict") == pytest.approx((1 + 0 + 0.5) / 3)
    assert summary.metrics.value("strict@2") == pytest.approx((1 + 1) / 2)
    assert counts.left_out_ids == {2: ("times/3",), 3: ("times/3", "times/4")}
    assert (summary.setting["fewest_samples"], summary.setting["samples"]) == (1, 3)
    assert regrade(tmp_path / "run")[0].metrics == summary.metrics


def test_pass_at_k_is_for_the_smallest_number_of_samples_unless_another_is_asked_for(data, tmp_path):
    rows = [question(2, [RIGHT] * 3, [True] * 3), question(3, [WRONG] * 2, [False] * 2)]
    file = write(tmp_path, "r.json", rows)
    import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    assert set(regrade(tmp_path / "run")[0].metrics.strict) == {1, 2}
    with pytest.raises(RecipeError, match="at most 3 samples"):
        import_results(file, tmp_path / "other", benchmark="tarot", data=data, ks=(4,))
    assert not (tmp_path / "other").exists()


ANSWERS = [None, "", 7, {"text": "x"}, ["x", None], [{"type": "text", "text": None}], True, [], {}]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_that_is_no_text_is_graded_rather_than_a_traceback(answer, data, tmp_path):
    lm_eval = [LM_EVAL | {"doc": {"problem_id": "times/2"}, "resps": [[answer]], "filtered_resps": [answer]}]
    evalplus = [{"task_id": "times/2", "completion": answer, "passed": False}]
    for name, content in (("a.json", [question(2, [answer], [False])]), ("b.jsonl", lm_eval), ("c.jsonl", evalplus)):
        file = write(tmp_path, name, content)
        import_results(file, tmp_path / f"run-{name}", benchmark="tarot", data=data)
        (summary,) = regrade(tmp_path / f"run-{name}")
        assert (summary.metrics.counts.samples, summary.metrics.counts.ungraded) == (1, 0), name
        assert summary.metrics.counts.no_code == 1 or answer in (7, {"text": "x"}, ["x", None]), name


def test_documents_without_any_answer_are_counted_and_left_out(data, tmp_path):
    row = LM_EVAL | {"doc": {"problem_id": "times/2"}, "resps": [["no code"]], "filtered_resps": ["no code"]}
    gone = [row | {"doc": {"problem_id": "times/3"}, "resps": nothing} for nothing in ([], [[]])]
    file = write(tmp_path, "x.jsonl", [row, *gone])
    found = import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    assert (found.samples, found.problems, found.left_out) == (1, 1, 2)


def test_problems_without_names_are_matched_by_their_order_and_difficulty(data, tmp_path):
    programs = [{"content": [f"print(int(input()) * {n})"], "correctness": True, "reason": ""} for n in (2, 3, 4, 5)]
    examples = [row | {"difficulty": label} for row, label in zip(programs, ["easy", "hard"] * 2, strict=True)]
    file = write(tmp_path, "results_1.json", EVALCHEMY | {"results": {"CodeForces": {"examples": examples}}})
    import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("strict") == 1.0
    assert agreement(tmp_path / "run", "tarot").disagreements == ()


def test_the_order_of_ids_is_tried_too(tmp_path):
    made = named(4, ("easy", "hard", "medium", "easy"))
    write_jsonl([made[2], made[0], made[3], made[1]], tmp_path / "data.jsonl")
    programs = [{"content": [f"print(int(input()) * {n})"], "correctness": True, "reason": ""} for n in (2, 3, 4, 5)]
    labels = ["easy", "hard", "medium", "easy"]
    examples = [row | {"difficulty": label} for row, label in zip(programs, labels, strict=True)]
    file = write(tmp_path, "results_1.json", EVALCHEMY | {"results": {"CodeForces": {"examples": examples}}})
    import_results(file, tmp_path / "run", benchmark="tarot", data=str(tmp_path / "data.jsonl"))
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("strict") == 1.0


def test_codeforces_ratings_are_matched_in_evalchemys_bands(tmp_path):
    ratings = [None, 900, 1299, 1300, 3600]
    made = [
        problem.model_copy(update={"origin": Origin(id=f"q{n}", extra={"rating": rating})})
        for n, (problem, rating) in enumerate(zip(problems(5), ratings, strict=True))
    ]
    labels = ["Easy", "Easy", "Medium", "Hard", "Easy"]
    reading = Reading(samples=[], difficulties=tuple(labels))
    assert matched(reading, made) == {str(n): problem.id for n, problem in enumerate(made)}
    with pytest.raises(DataError, match="in any order"):
        matched(Reading(samples=[], difficulties=("Hard", *labels[1:])), made)


@pytest.mark.parametrize(("labels", "said"), [(["hard", "easy"] * 2, "in any order"), (["easy"], "1 problems without")])
def test_an_order_that_is_not_the_datas_is_refused(labels, said, data, tmp_path):
    examples = [{"content": [], "correctness": False, "reason": "", "difficulty": label} for label in labels]
    file = write(tmp_path, "results_1.json", EVALCHEMY | {"results": {"CodeForces": {"examples": examples}}})
    with pytest.raises(DataError, match=said):
        import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    assert not (tmp_path / "run").exists()


def test_a_problem_may_be_called_by_its_id_its_sources_id_or_the_last_part(data, tmp_path):
    rows = [
        {"task_id": name, "solution": f"print(int(input()) * {n})"} for n, name in [(2, "times/2"), (3, "Q3"), (4, "4")]
    ]
    file = write(tmp_path, "samples.jsonl", rows)
    import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("strict") == 1.0
    assert agreement(tmp_path / "run", "tarot").compared == 0


def test_unknown_problems_name_what_to_do(data, tmp_path):
    file = write(tmp_path, "r.json", [question(2, [RIGHT], [True]), question(77, [RIGHT], [True])])
    with pytest.raises(DataError, match=r"1 of the file's 2 problems .* 'q77'"):
        import_results(file, tmp_path / "run", benchmark="tarot", data=data)


def test_a_file_that_does_not_tell_its_benchmark_asks_for_it(data, tmp_path):
    file = write(tmp_path, "samples.jsonl", [{"task_id": "x/1", "solution": ""}])
    with pytest.raises(RecipeError, match="--benchmark"):
        import_results(file, tmp_path / "run")


def test_a_run_that_is_there_is_not_overwritten(data, tmp_path):
    file = write(tmp_path, "r.json", [question(2, [RIGHT], [True])])
    import_results(file, tmp_path / "run", benchmark="tarot", data=data)
    with pytest.raises(RunError):
        import_results(file, tmp_path / "run", benchmark="tarot", data=data)


def graded(**verdicts: tuple[Verdict, ...]) -> Grade:
    tiers = {tier.value: tier for tier in Tier}
    results = [
        TestResult(tier=tiers.get(label), group=None if label in tiers else label, verdict=verdict)
        for label, given in verdicts.items()
        for verdict in given
    ]
    return Grade(problem_id="p", extraction=Extraction(code="", how=""), results=tuple(results))


@pytest.mark.parametrize(
    ("passed", "verdicts", "disagreeing"),
    [
        ({"base": True, "plus": False, "all": False}, {"base": ("PASSED",), "plus": ("WRONG_ANSWER",)}, []),
        ({"base": True, "plus": True, "all": True}, {"base": ("PASSED",), "plus": ("WRONG_ANSWER",)}, ["plus", "all"]),
        ({"edge": True}, {"basic": ("WRONG_ANSWER",), "edge": ("PASSED",)}, []),
        ({"edge": False}, {"basic": ("WRONG_ANSWER",), "edge": ("PASSED",)}, ["edge"]),
        ({"plus": True}, {"edge": ("WRONG_ANSWER",)}, []),
        ({"all": True}, {"edge": ("UNGRADED",)}, []),
        ({"basic": False, "original": True}, {"basic": ("WRONG_ANSWER",), "x": ("PASSED",)}, []),
        ({"original": True}, {"basic": ("PASSED",), "x": ("WRONG_ANSWER",)}, ["original"]),
    ],
)
def test_a_claim_is_held_against_the_tests_it_speaks_of(passed, verdicts, disagreeing):
    made = graded(**{label: tuple(map(Verdict, given)) for label, given in verdicts.items()})
    found = compare([Claim(problem_id="p", index=0, passed=passed)], [made])
    assert [one.scope for one in found.disagreements] == disagreeing


@pytest.mark.parametrize("repeats", [1, 2])
def test_samples_that_lm_eval_logged_for_our_tasks_are_graded_alike(repeats, tmp_path):
    pytest.importorskip("lm_eval")
    from lm_eval.loggers import EvaluationTracker

    from tests.integrations.lm_eval.recorded import NO_CODE, ONLY_SMALL, answers_for, data_file, recorded, run

    made = problems(3)
    data = data_file(tmp_path, made)
    tracker = EvaluationTracker(output_path=str(tmp_path / "out"))
    tables = answers_for(made, [ONLY_SMALL, NO_CODE])
    results = run(
        recorded(tables, made), ["tarot"], {"data": data, "repeats": repeats}, evaluation_tracker=tracker, limit=2
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task in samples:
        tracker.save_results_samples(task_name=task, samples=samples[task])
    (file,) = (tmp_path / "out").rglob("samples_tarot_intermediate_*.jsonl")
    found = import_results(file, tmp_path / "run")
    assert (found.benchmark, found.problems, found.samples) == ("tarot", 2, 2 * repeats)
    (summary,) = regrade(tmp_path / "run")
    ours = results["results"]["tarot_intermediate"]["pass@1,graded"]
    assert summary.metrics.value("intermediate") == pytest.approx(ours)
    assert summary.metrics.value("edge") == 0.0, "one tier's file holds the completions of all tiers"
    agreed = agreement(tmp_path / "run", "tarot")
    assert (agreed.compared, agreed.disagreements) == (2 * repeats, ())


def test_every_mistake_is_a_users_error(tmp_path):
    with pytest.raises(UserError):
        import_results(tmp_path / "no.json", tmp_path / "run")


def test_livecodebenchs_own_results_are_held_against_all_its_tests(tmp_path):
    from tests.benchmarks.test_livecodebench import FREQUENT, MEAN, class_row, row

    (tmp_path / "test.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (row(), class_row())))
    results = [
        {key: one[key] for key in ("question_title", "question_id", "difficulty", "starter_code")}
        | {
            "output_list": [f"```python\n{code}\n```", "no idea"],
            "code_list": [code, ""],
            "graded_list": [passed, False],
        }
        for one, code, passed in ((row(), MEAN, True), (class_row(), FREQUENT, False))
    ]
    file = write(tmp_path, "Scenario.codegeneration_2_0.2_eval_all.json", results)
    found = import_results(file, tmp_path / "run", data=str(tmp_path / "test.jsonl"))
    assert found.benchmark == "livecodebench"
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("original") == 0.5
    agreed = agreement(tmp_path / "run", "livecodebench")
    assert agreed.compared == 4
    (one,) = agreed.disagreements
    assert (one.claim.problem_id, one.claim.index, one.verdict) == ("9001", 0, None)


def test_ids_that_differ_in_case_alone_are_two_problems_and_another_case_of_them_is_none():
    named = zip(problems(3), ("Ab", "aB", "other"), strict=True)
    made = [problem.model_copy(update={"id": name, "origin": Origin()}) for problem, name in named]

    def found(*names):
        return matched(Reading([ImportedSample(name, "") for name in names]), made)

    assert found("Ab", "aB", "OTHER") == {"Ab": "Ab", "aB": "aB", "OTHER": "other"}
    with pytest.raises(DataError, match="not in the data, such as 'AB'"):
        found("AB")
