"""Bundles are written from finished runs only, are equal for equal runs, and hold no credential."""

import json
import shutil
import zipfile

import pytest

import tarot_bench as tb
from tarot_bench.api.leaderboard import submit
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import RunError
from tarot_bench.leaderboard.bundle import About, open_bundle
from tarot_bench.leaderboard.submission import _check_credentials
from tests.cli.command import expect_one_line, tarot
from tests.integrations.lm_eval.recorded import problems
from tests.leaderboard.test_credentials import KEYS


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run"
    tb.evaluate("mutant:0.5", path, limit=3, samples=2)
    return path


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


def edit(path, change):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_bundle_holds_everything_that_a_verifier_needs(run, tmp_path):
    path = submit(run, tmp_path / "sent", model_card="https://example.org/card")
    (tmp_path / "out").mkdir()
    opened = open_bundle(path, tmp_path / "out")
    stated = opened.stated
    assert opened.findings == ()
    assert (stated.model, stated.samples, stated.model_card) == ("mutant:0.5", 2, "https://example.org/card")
    assert (stated.benchmarks["tarot"].problems, stated.benchmarks["tarot"].samples) == (3, 6)
    assert stated.benchmarks["tarot"].revision.startswith("sha256:")
    assert stated.versions["tarot_bench"] == tb.__version__
    assert stated.sampling["max_tokens"] == 4096
    assert stated.command
    prompts = [json.loads(line) for line in (tmp_path / "out/tarot/prompts.jsonl").read_text().splitlines()]
    assert [line["problem_id"] for line in prompts] == [problem.id for problem in tb.load_problems()[:3]]
    assert {len(line["prompt"]) for line in prompts} == {64}
    sent = (tmp_path / "out/tarot/completions.jsonl").read_text().splitlines()
    assert sorted(sent) == sorted((run / "tarot/completions.jsonl").read_text().splitlines())


def test_what_is_said_of_the_model_and_what_the_answers_cost_are_stated(run, tmp_path):
    edit(run / "tarot/completions.jsonl", lambda lines: lines[0].update(usage={"input_tokens": 9, "output_tokens": 4}))
    manifest = json.loads((run / "run.json").read_text())
    manifest["environment"]["prices"] = [1e5, 2.5e5]
    (run / "run.json").write_text(json.dumps(manifest))
    said = tarot("submit", str(run), "--to", "sent", "--parameters", "7.6", "--open-weights", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    (tmp_path / "out").mkdir()
    stated = open_bundle(next(tmp_path.glob("sent/*")), tmp_path / "out").stated
    assert stated.about == About(parameters_b=7.6, open_weights=True, reasoning=None)
    assert stated.benchmarks["tarot"].usd == pytest.approx(0.9 + 1.0)
    expect_one_line(tarot("submit", str(run), "--to", "sent", "--parameters", "0", cwd=tmp_path), "greater than 0")


def test_a_run_without_prices_states_no_cost_and_broken_prices_are_one_line(run, tmp_path):
    (tmp_path / "out").mkdir()
    assert open_bundle(submit(run, tmp_path), tmp_path / "out").stated.benchmarks["tarot"].usd is None
    manifest = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(manifest | {"environment": {"prices": [1, float("nan")]}}))
    with pytest.raises(RunError, match=r"run\.json: environment\.prices are no two prices"):
        submit(run, tmp_path)


def test_the_same_run_gives_the_same_bytes_in_whatever_order_its_answers_came(run, tmp_path):
    first = submit(run, tmp_path / "a")
    edit(run / "tarot/completions.jsonl", list.reverse)
    edit(run / "tarot/grades.jsonl", list.reverse)
    second = submit(run, tmp_path / "b")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_a_card_is_part_of_the_contents_and_so_of_the_name(run, tmp_path):
    assert submit(run, tmp_path).name != submit(run, tmp_path, model_card="https://example.org").name


INCOMPLETE = {
    "no summary": (lambda run: (run / "summary.json").unlink(), "no summary.json"),
    "no answer": (lambda run: edit(run / "tarot/completions.jsonl", lambda lines: lines.pop()), "1 of 6 samples"),
    "no verdicts": (lambda run: edit(run / "tarot/grades.jsonl", lambda lines: lines.pop()), "1 of 6 samples"),
    "ungraded": (
        lambda run: edit(run / "tarot/grades.jsonl", lambda lines: lines[0]["results"][0].update(verdict="UNGRADED")),
        "1 of 6 samples of tarot in .* are pending; finish the run with `evaluate --resume` first",
    ),
    "a sample too many": (
        lambda run: edit(run / "tarot/completions.jsonl", lambda lines: lines.append({**lines[0], "index": 2})),
        "holds sample 2 of .* do not request",
    ),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_run_that_is_not_complete_is_not_submitted(name, run, tmp_path):
    change, words = INCOMPLETE[name]
    change(run)
    with pytest.raises(RunError, match=words):
        submit(run, tmp_path / "sent")
    assert not list(tmp_path.glob("sent/*"))


SECRETS = {
    "an answer": ("tarot/completions.jsonl", lambda line, key: line.update(text=f"x = '{key}'\n\"\\")),
    "a note": ("tarot/completions.jsonl", lambda line, key: line.update(note=f"401 for {key}")),
    "a detail": ("tarot/grades.jsonl", lambda line, key: line["results"][0].update(detail=key)),
}


@pytest.mark.parametrize("place", SECRETS)
def test_a_credential_in_any_text_is_refused_by_its_place_in_the_run_and_not_shown(place, run, tmp_path):
    file, change = SECRETS[place]
    key = KEYS["an OpenAI key"]
    edit(run / file, lambda lines: lines.reverse())
    edit(run / file, lambda lines: change(lines[0], key))
    line = json.loads((run / file).read_text().splitlines()[0])
    with pytest.raises(RunError, match="holds an OpenAI key; nothing was written") as caught:
        submit(run, tmp_path / "sent")
    assert str(caught.value).startswith(f"{file}: sample {line['index']} of {line['problem_id']!r}: ")
    assert key not in str(caught.value)
    assert not list(tmp_path.glob("sent/*"))


def test_a_credential_in_the_id_of_a_problem_is_not_shown(tmp_path):
    key = KEYS["an OpenAI key"]
    (tmp_path / "prompts.jsonl").write_text(json.dumps({"problem_id": key}) + "\n")
    with pytest.raises(RunError, match=r"^prompts\.jsonl: problem_id holds an OpenAI key") as caught:
        _check_credentials(tmp_path, ["prompts.jsonl"])
    assert key not in str(caught.value)


def test_a_credential_in_the_command_is_refused(run, tmp_path):
    manifest = json.loads((run / "run.json").read_text())
    manifest["environment"]["command"].append("options.extra.key=" + KEYS["a Groq key"])
    (run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match=r"bundle\.json: command holds a Groq key"):
        submit(run, tmp_path / "sent")


def test_the_value_of_a_secret_variable_is_refused_although_json_escapes_it(run, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_PASSWORD", 'quo"ted\\secret')
    edit(run / "tarot/completions.jsonl", lambda lines: lines[3].update(text='the "quo"ted\\secret"'))
    with pytest.raises(RunError, match="text holds the value of the environment variable MY_PASSWORD"):
        submit(run, tmp_path / "sent")


def test_a_model_card_is_an_address(run, tmp_path):
    with pytest.raises(RunError, match="begins with https://"):
        submit(run, tmp_path, model_card="javascript:alert(1)")


def test_imported_runs_are_not_submitted(tmp_path):
    write_jsonl(problems(1), tmp_path / "data.jsonl")
    rows = [{"question_id": "times/2", "code_list": ["print(int(input()) * 2)"]}]
    (tmp_path / "eval_all.json").write_text(json.dumps(rows))
    said = tarot("import", "eval_all.json", "-b", "tarot", "-d", "data.jsonl", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    with pytest.raises(RunError, match="was imported"):
        submit(tmp_path / "run", tmp_path / "sent")


def test_the_verb_prints_the_path_of_the_bundle(run, tmp_path):
    said = tarot("submit", str(run), "--to", "sent", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    (bundle,) = (tmp_path / "sent").iterdir()
    assert said.stdout.startswith(f"bundle: sent/{bundle.name}")
    assert zipfile.ZipFile(bundle).testzip() is None
    expect_one_line(tarot("submit", "nowhere", "--to", "sent", cwd=tmp_path), "nowhere is not a run directory")
