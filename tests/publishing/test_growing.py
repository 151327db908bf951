"""What a published dataset says of its making, problems that are added to it, audits and errata."""

import json
import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet
import pytest
import yaml

from tarot_bench.dataset import load_entries, load_problems, load_rows, write_jsonl
from tarot_bench.dataset.errata import DataVersion, Errata, Erratum, test_digest, write_errata
from tarot_bench.dataset.overriding import Overridable
from tarot_bench.errors import DataError
from tarot_bench.generation.audit.auditing import audit
from tarot_bench.generation.audit.measuring import Effort
from tarot_bench.problem import Problem, TestCase, Tier, digest_of
from tarot_bench.publishing.publish import publish
from tests.generation.history.making import authored
from tests.generation.making import case_of, entry_of

REPO = "org/set"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return authored(tmp_path_factory.mktemp("authored"))


@pytest.fixture(scope="module")
def made(run, tmp_path_factory):
    return publish(run, REPO, folder=tmp_path_factory.mktemp("made") / "set", send=False).path


def data(folder: Path, *names: str) -> Path:
    path = folder / f"{'-'.join(names)}.jsonl"
    write_jsonl([entry_of(name).problem for name in names], path)
    return path


def test_recipe_prompts_models_tokens_and_cost_are_published(made, run):
    (part,) = (made / "provenance").iterdir()
    about = json.loads((part / "about.json").read_text())
    (use,) = about["generators"]
    assert use == {
        "generator": "openai/any", "models": {"any-2026-01-02": 5}, "requests": 5, "input_tokens": 500,
        "output_tokens": 250, "usd": pytest.approx(0.003),
    }  # fmt: skip
    assert (part / "prompts/author.jinja").read_text() == Path("generation/prompts/author.jinja").read_text()
    recipe = yaml.safe_load((part / "recipe.yaml").read_text())
    assert (recipe["name"], recipe["rounds"], recipe["generators"][0]["input_price"]) == ("authored", 1, 1.0)
    assert json.loads((part / "funnel.json").read_text()) == json.loads((run / "funnel.json").read_text())
    card = (made / "README.md").read_text()
    assert "| openai/any | any-2026-01-02 5 | 5 | 500 | 250 | 0.003 |" in card


def test_no_address_and_no_path_of_the_machine_is_published(made, run):
    texts = "".join(file.read_text() for file in (made / "provenance").rglob("*") if file.is_file())
    assert "127.0.0.1" not in texts
    assert str(run.parent) not in texts
    assert "data: source.jsonl" in texts


def test_problems_are_added_with_their_own_provenance(made, tmp_path):
    grown = publish(data(tmp_path, "a", "b"), REPO, folder=tmp_path / "grown", append=str(made), send=False)
    assert [problem.id for problem in load_problems(grown.path)] == ["times/1", "times/2", "a", "b"]
    assert grown.rows["default"] == 4
    assert load_entries(grown.path)[:2] == load_entries(made), "what is known of the earlier ones stays"
    assert len(list((grown.path / "provenance").iterdir())) == 2
    card = (grown.path / "README.md").read_text()
    assert "| problems | 4 |" in card
    assert "| openai/any | any-2026-01-02 5 |" in card
    assert "| a-b.jsonl |" in card


def test_a_dataset_can_grow_in_its_own_folder(made, tmp_path):
    first = publish(data(tmp_path, "a"), REPO, folder=tmp_path / "set", send=False).path
    publish(data(tmp_path, "b"), REPO, folder=first, append=str(first), send=False)
    assert [problem.id for problem in load_problems(first)] == ["a", "b"]


def test_what_cannot_be_added_is_refused_and_nothing_is_written(made, tmp_path):
    given = data(tmp_path, "a")
    with pytest.raises(DataError, match=r"has 2 of these problems already, such as 'times/1'"):
        publish(made, REPO, folder=tmp_path / "out", append=str(made), send=False)
    with pytest.raises(DataError, match="no dataset that `tarot-bench publish` wrote"):
        publish(given, REPO, folder=tmp_path / "out", append=str(tmp_path), send=False)
    assert not (tmp_path / "out").exists()


def test_measurements_of_an_audit_are_published(tmp_path):
    given = data(tmp_path, "a", "b")
    audit(str(given), tmp_path / "audit", effort=Effort(times=1, most_mutants=3))
    folder = publish(given, REPO, folder=tmp_path / "set", audit=tmp_path / "audit", send=False).path
    (row, _) = load_rows(folder, config_name="edge").rows
    assert (row["tpr"], row["flaky"], row["leak"]) == (1.0, False, "none")
    assert row["kill_rate"] is not None
    assert "## Audited" in (folder / "README.md").read_text()
    with pytest.raises(DataError, match=r"an audit of other tests .*; audit this dataset again"):
        publish(data(tmp_path, "c"), REPO, folder=tmp_path / "x", audit=tmp_path / "audit", send=False)
    with pytest.raises(DataError, match="holds no finished audit"):
        publish(given, REPO, folder=tmp_path / "x", audit=authored(tmp_path / "other"), send=False)


def test_every_tier_test_has_its_own_measurements_whatever_other_test_has_its_input(tmp_path):
    zero = {"problem_id": "a", "program": "input()\nprint(sum(map(int, input().split())) or 1)\n", "correct": False}
    (tmp_path / "programs.jsonl").write_text(json.dumps(zero) + "\n")
    write_jsonl([entry_of("a", original_tests=(case_of(None, "0"),)).problem], tmp_path / "a.jsonl")
    quick = Effort(times=1, most_mutants=0)
    audit(str(tmp_path / "a.jsonl"), tmp_path / "audit", effort=quick, programs=str(tmp_path / "programs.jsonl"))
    folder = publish(tmp_path / "a.jsonl", REPO, folder=tmp_path / "set", audit=tmp_path / "audit", send=False).path
    (entry,) = load_entries(folder)
    assert [facts.measurement.unique_rejections for facts in entry.facts] == [0, 0, 0, 1]


def test_an_audit_is_of_the_tests_before_overrides(run, tmp_path):
    """`audit` measures what is stored; what was decided since then is applied afterwards."""
    mended = shutil.copytree(run, tmp_path / "run")
    audit(str(mended), tmp_path / "audit", effort=Effort(times=1, most_mutants=0))
    opened = Overridable.open(mended)
    common = {"problem": "times/1", "reason": "wrong", "date": date(2026, 11, 29)}
    basic = opened.problems["times/1"].at(Tier.BASIC)[0]
    opened.add(Erratum(action="correct", test=test_digest(basic), output="0\n", **common))
    folder = publish(mended, REPO, folder=tmp_path / "set", audit=tmp_path / "audit", send=False).path
    first = load_entries(folder)[0]
    assert [facts.measurement.flaky for facts in first.facts] == [None, False, False, False]
    assert first.problem.tests[0].output == "0\n"


def errata_of(problems, *errata: Erratum) -> Errata:
    return Errata(data=DataVersion(source="x", revision="y", digest=digest_of(list(problems))), errata=errata)


def test_errata_in_the_folder_are_applied_unless_told_not_to(tmp_path):
    given = data(tmp_path, "a", "b")
    problems = load_problems(given).problems
    edge = problems[0].at(Tier.EDGE)[0]
    common = {"reason": "wrong", "date": date(2026, 11, 29)}
    found = errata_of(
        problems,
        Erratum(problem="a", tier=Tier.EDGE, test=test_digest(edge), action="correct", output="9\n", **common),
        Erratum(problem="b", action="retract", **common),
    )
    write_errata(found, tmp_path / "errata.yaml")
    folder = publish(given, REPO, folder=tmp_path / "set", errata=tmp_path / "errata.yaml", send=False).path
    loaded = load_problems(folder)
    assert [problem.id for problem in loaded] == ["a"]
    assert loaded["a"].at(Tier.EDGE)[0].output == "9\n"
    assert loaded.notes["problems retracted by errata"] == 1
    assert load_problems(folder, errata=False).problems == problems
    assert [entry.problem for entry in load_entries(folder)] == list(loaded.problems)


def test_errata_of_another_revision_are_not_shipped(tmp_path):
    write_errata(errata_of([entry_of("z").problem]), tmp_path / "errata.yaml")
    with pytest.raises(DataError, match="the errata are about revision"):
        publish(data(tmp_path, "a"), REPO, folder=tmp_path / "s", errata=tmp_path / "errata.yaml", send=False)


def errata_file(given: Path) -> Path:
    """Errata that retract problem b of a dataset, as a file."""
    retraction = Erratum(problem="b", action="retract", reason="wrong", date=date(2026, 11, 29))
    path = given.with_suffix(".yaml")
    write_errata(errata_of(load_problems(given).problems, retraction), path)
    return path


def test_errata_that_state_the_revision_alone_are_applied_and_shipped(tmp_path):
    """As a person writes them, without a digest, and as `audit --limit` does, with that of some problems."""
    given, path, folder = data(tmp_path, "a", "b"), tmp_path / "by-revision.yaml", tmp_path / "set"
    loaded = load_problems(given)
    retraction = Erratum(problem="a", action="retract", reason="wrong", date=date(2026, 11, 29))
    for digest in (None, digest_of(loaded.problems[:1])):
        version = DataVersion(source="x", revision=loaded.revision, digest=digest)
        write_errata(Errata(data=version, errata=(retraction,)), path)
        publish(given, REPO, folder=folder, errata=path, send=False)
        assert [problem.id for problem in load_problems(folder)] == ["b"]
    version = DataVersion(source="x", revision=load_problems(folder, errata=False).revision)
    write_errata(Errata(data=version, errata=(retraction,)), folder / "errata.yaml")
    assert [entry.problem.id for entry in load_entries(folder)] == ["b"]
    publish(given, REPO, folder=folder, send=False)
    assert [entry.problem.id for entry in load_entries(folder)] == ["b"]
    corrected = publish(folder, REPO, folder=tmp_path / "corrected", send=False).path
    assert [problem.id for problem in load_problems(corrected)] == ["b"]
    assert not (corrected / "errata.yaml").exists()


def test_overrides_of_a_run_that_state_its_revision_alone_are_published(run, tmp_path):
    mended = shutil.copytree(run, tmp_path / "run")
    retraction = Erratum(problem="times/1", action="retract", reason="wrong", date=date(2026, 11, 29))
    version = DataVersion(source="run", revision=load_problems(mended).revision)
    write_errata(Errata(data=version, errata=(retraction,)), mended / "overrides.yaml")
    assert [problem.id for problem in load_problems(mended)] == ["times/2"]
    folder = publish(mended, REPO, folder=tmp_path / "set", send=False).path
    assert [problem.id for problem in load_problems(folder)] == ["times/2"]


def test_errata_of_a_dataset_that_has_others_already_are_refused_with_its_digest(tmp_path):
    given, folder = data(tmp_path, "a", "b"), tmp_path / "set"
    publish(given, REPO, folder=folder, errata=errata_file(given), send=False)
    (left,) = load_problems(folder)
    with pytest.raises(
        DataError, match=f"about revision y of x, but set has other tests, with digest {digest_of([left])}"
    ):
        publish(folder, REPO, folder=tmp_path / "other", errata=errata_file(given), send=False)


def test_publishing_the_same_data_again_keeps_the_errata_of_the_folder(tmp_path):
    given, folder = data(tmp_path, "a", "b"), tmp_path / "set"
    publish(given, REPO, folder=folder, errata=errata_file(given), send=False)
    shipped = (folder / "errata.yaml").read_text()
    publish(given, REPO, folder=folder, tag="v1.0.1", send=False)
    assert (folder / "errata.yaml").read_text() == shipped
    assert [problem.id for problem in load_problems(folder)] == ["a"]


def test_publishing_other_data_over_errata_is_refused_and_the_folder_stays(tmp_path):
    given, other, folder = data(tmp_path, "a", "b"), data(tmp_path, "a", "b", "c"), tmp_path / "set"
    publish(given, REPO, folder=folder, errata=errata_file(given), send=False)
    with pytest.raises(DataError, match=r"lacks 1 of its errata, such as `retract` of problem 'b': pass .* --errata"):
        publish(other, REPO, folder=folder, send=False)
    assert [problem.id for problem in load_problems(folder)] == ["a"]
    publish(other, REPO, folder=folder, errata=errata_file(other), send=False)
    assert [problem.id for problem in load_problems(folder)] == ["a", "c"]


def test_errata_that_the_published_data_have_already_are_not_shipped_again(tmp_path):
    given, folder = data(tmp_path, "a", "b"), tmp_path / "set"
    publish(given, REPO, folder=folder, errata=errata_file(given), send=False)
    publish(data(tmp_path, "c"), REPO, folder=folder, append=str(folder), send=False)
    assert not (folder / "errata.yaml").exists()
    assert [problem.id for problem in load_problems(folder)] == ["a", "c"]


def test_row_groups_are_small_enough_for_a_viewer(tmp_path):
    large = "x" * 1_000_000
    problems = [
        Problem(id=f"p{n}", statement=large, tests=(TestCase(tier=Tier.BASIC, input=f"{n}\n", output="1"),))
        for n in range(80)
    ]
    write_jsonl(problems, tmp_path / "large.jsonl")
    folder = publish(tmp_path / "large.jsonl", REPO, folder=tmp_path / "set", send=False).path
    written = pyarrow.parquet.ParquetFile(folder / "data/train-00000.parquet").metadata
    sizes = [written.row_group(number).total_byte_size for number in range(written.num_row_groups)]
    assert len(sizes) > 1
    assert max(sizes) < 50_000_000


def test_a_correction_takes_votes_and_measurements_of_the_test_away(run, tmp_path):
    from tarot_bench.dataset.corrected import corrected_entries

    (first, *_) = load_entries(run / "entries.jsonl")
    basic, edge = first.problem.at(Tier.BASIC)[0], first.problem.at(Tier.EDGE)[0]
    common = {"problem": first.problem.id, "reason": "wrong", "date": date(2026, 11, 29)}
    correct = Erratum(test=test_digest(basic), action="correct", output="0\n", **common)
    move = Erratum(test=test_digest(edge), action="retier", to=Tier.BASIC, **common)
    (made,) = corrected_entries([first], [correct, move])
    assert [test.tier for test in made.problem.tests] == [Tier.BASIC, Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX]
    assert (made.facts[0].votes, made.facts[0].measurement.steps) == ((), None)
    assert made.facts[1] == first.facts[3], "facts follow their test to another tier"
    assert made.facts[0].provenance == first.facts[0].provenance
