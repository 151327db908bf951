"""Honest bundles are verified; every tampering is refused by the check that names it."""

import json
import re
from datetime import date
from functools import reduce
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tarot_bench as tb
from tarot_bench.api.leaderboard import submit
from tarot_bench.api.verifying import verify
from tarot_bench.dataset.errata import DataVersion, Errata, Erratum, write_errata
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import DataError, UserError
from tarot_bench.leaderboard.attestation import write_attestation
from tarot_bench.leaderboard.bundle import About, Stated
from tarot_bench.leaderboard.findings import Check, Suspicion
from tarot_bench.leaderboard.keys import Signer
from tarot_bench.leaderboard.statements import Known, check_data
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.texts import inline
from tests.cli.command import expect_one_line, tarot
from tests.leaderboard.tampering import TAMPERINGS, Edited, fenced, gold, pass_all

SIGNER = Signer(Ed25519PrivateKey.generate())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    tb.evaluate("mutant:0.5", folder / "run", limit=3, samples=2)
    return submit(folder / "run", folder)


@pytest.fixture
def edited(bundle, tmp_path):
    return Edited(bundle, tmp_path / "edited")


def test_an_honest_bundle_is_verified_with_the_numbers_of_its_run(bundle):
    found = verify(bundle)
    assert (found.verified, found.findings, found.suspicions) == (True, (), ())
    assert (found.regraded, found.drawn, found.model) == (6, None, "mutant:0.5")
    attested = found.benchmarks["tarot"]
    summary = json.loads((bundle.parent / "run/summary.json").read_text())["summaries"][0]
    assert json.loads(attested.metrics.model_dump_json()) == summary["metrics"]
    assert attested.digest == summary["setting"]["data_digest"]
    assert sum(attested.rates.values()) / 3 == pytest.approx(attested.metrics.strict[1].value)
    assert found.sandbox["level"] in ("full", "landlock")


@pytest.mark.parametrize("sample", [1, 5, 6])
def test_an_honest_bundle_is_verified_by_a_random_part_of_it(bundle, sample):
    found = verify(bundle, sample=sample)
    assert found.verified
    assert found.regraded == min(sample, 6)
    assert (found.drawn is None) == (sample >= 6)
    stated = json.loads((bundle.parent / "run/summary.json").read_text())["summaries"][0]["metrics"]
    assert json.loads(found.benchmarks["tarot"].metrics.model_dump_json()) == stated


@pytest.mark.parametrize("model", ["gold", "mutant:1.0"])
def test_other_honest_bundles_are_verified(model, tmp_path):
    tb.evaluate(model, tmp_path / "run", limit=4)
    found = verify(submit(tmp_path / "run", tmp_path))
    assert (found.findings, found.suspicions) == ((), ())


def test_there_are_at_least_twenty_tamperings_with_every_check():
    assert len(TAMPERINGS) >= 20
    assert {tampering.check for tampering in TAMPERINGS} == set(Check)
    assert len({tampering.name for tampering in TAMPERINGS}) == len(TAMPERINGS)


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.name)
def test_a_tampering_is_refused_and_named(tampering, edited):
    tampering.change(edited)
    if tampering.recompute:
        edited.recompute()
    found = verify(edited.sealed(tampering.checksums))
    assert not found.verified
    assert tampering.check in {finding.check for finding in found.findings}, found.findings
    assert found.benchmarks == {}
    assert all("\n" not in str(finding) for finding in found.findings)


def test_a_bundle_that_is_sealed_again_without_a_change_is_verified(edited):
    edited.recompute()
    assert verify(edited.sealed()).verified


def test_what_is_said_of_the_model_and_the_cost_by_the_stated_prices_are_attested(edited):
    edited.json("run.json", lambda manifest: manifest["environment"].update(prices=[1.0, 2.0]))
    edited.lines("completions", lambda lines: lines[0]["usage"].update(input_tokens=10**6, output_tokens=10**3))
    edited.json("bundle.json", lambda b: b["benchmarks"]["tarot"].update(input_tokens=10**6, output_tokens=10**3))
    edited.json("bundle.json", lambda bundle: bundle.update(about={"reasoning": False}))
    found = verify(edited.sealed(), sample=1)
    assert found.verified, found.findings
    assert found.about == About(reasoning=False)
    assert found.benchmarks["tarot"].usd == pytest.approx(1.002)


def test_an_edited_verdict_is_found_by_a_draw_of_its_sample(edited):
    edited.lines("grades", lambda lines: [result.update(verdict="PASSED") for m in lines for result in m["results"]])
    edited.recompute()
    found = verify(edited.sealed(), sample=5)  # three of the six samples fail
    assert {finding.check for finding in found.findings} == {Check.VERDICTS}


def test_a_program_that_fails_by_chance_is_not_verified_by_a_draw(edited):
    """Whatever rate it is stated to have: only the verdicts of a whole verification count, and not the stated ones."""
    chance = "import os\nif os.urandom(1)[0] < 128: raise SystemExit(1)\n"

    def by_chance(lines: list[dict]) -> None:
        for made in lines:
            code = chance + gold(made["problem_id"])
            if "text" in made:
                made["text"] = fenced(code)
            else:
                made["extraction"]["code"] = code
                pass_all(made)

    edited.lines("completions", by_chance)
    edited.lines("grades", by_chance)
    edited.recompute()
    bundle = edited.sealed()
    drawn = verify(bundle, sample=5)  # each has 4 tests, so that one in 16 programs passes
    assert {finding.check for finding in drawn.findings} == {Check.VERDICTS}
    assert drawn.drawn is None
    assert "only a verification of all samples can tell" in str(drawn.findings[0])
    whole = verify(bundle)
    assert (whole.verified, {each.check for each in whole.suspicions}) == (True, {Suspicion.UNSTABLE})
    assert whole.benchmarks["tarot"].metrics.strict[1].value < 0.9


def test_a_program_that_writes_to_a_file_of_a_number_without_end_is_an_attack(edited):
    code = f"import os\nos.write(0x1{'0' * 5000}, b'')"
    edited.lines("completions", lambda lines: lines[0].update(text=fenced(code)))
    edited.lines("grades", lambda lines: (lines[0]["extraction"].update(code=code), pass_all(lines[0])))
    assert Check.ATTACK in {finding.check for finding in verify(edited.sealed()).findings}


def test_more_tokens_than_can_be_counted_are_the_most_that_can(edited):
    most = 2**63 - 1
    edited.lines("completions", lambda lines: [line["usage"].update(output_tokens=most) for line in lines])
    edited.json("bundle.json", lambda bundle: bundle["benchmarks"]["tarot"].update(output_tokens=most))
    edited.json("run.json", lambda manifest: manifest["environment"].update(prices=[1e9, 1e9]))
    found = verify(edited.sealed(), sample=1)
    assert found.verified
    assert found.benchmarks["tarot"].output_tokens == most
    write_attestation(found, SIGNER, edited.folder / "attestation.json")


def _deep(levels: int) -> object:
    content: object = [0] * 10
    for _ in range(levels):
        content = [content]
    return content


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("bundle.json", lambda bundle: bundle["sampling"].update(x=_deep(300)), "nested more than 16 levels"),
        ("bundle.json", lambda bundle: bundle["sampling"].update(x=[0] * 100_000), "more than 256 KiB"),
        (
            "run.json",
            lambda run: run["environment"].update(prices=[1e308, 1e308]),
            "environment.prices are no two prices",
        ),
    ],
)
def test_a_bundle_whose_statements_cannot_be_attested_is_one_line(edited, file, change, told):
    edited.json(file, change)
    with pytest.raises(DataError, match=told) as raised:
        verify(edited.sealed())
    assert "\n" not in str(raised.value)


def answered(tmp_path: Path, problem: Problem, code: str, **fields) -> Path:
    """A bundle of a model that gives this program."""
    write_jsonl([problem], tmp_path / "data.jsonl")
    (tmp_path / "said.jsonl").write_text(json.dumps({"problem_id": problem.id, "text": fenced(code), **fields}) + "\n")
    data = str(tmp_path / "data.jsonl")
    tb.evaluate(f"replay:{tmp_path / 'said.jsonl'}", tmp_path / "run", data=data)
    return submit(tmp_path / "run", tmp_path)


def doubling(*inputs: str) -> Problem:
    tests = [TestCase(tier=Tier.EDGE, input=f"{text}\n", output=f"{2 * int(text)}\n") for text in inputs]
    return Problem(id="double", statement="Print twice the number.", solution="print(2 * int(input()))", tests=tests)


def test_answers_that_are_keyed_by_test_inputs_are_a_suspicion_and_no_verdict(tmp_path):
    code = "answers = {'123456': 246912, '777777': 1555554, '31337': 62674}\nprint(answers[input().strip()])"
    made = answered(tmp_path, doubling("123456", "777777", "31337"), code)
    found = verify(made, data={"tarot": str(tmp_path / "data.jsonl")})
    assert found.verified
    assert [(s.check, s.where) for s in found.suspicions] == [(Suspicion.MEMORISED, "tarot double #0")]
    assert found.benchmarks["tarot"].metrics.value("edge") == 1.0


def test_a_program_of_chance_is_unstable_and_not_edited(tmp_path):
    code = "import random\nn = int(input())\nprint(2 * n + random.SystemRandom().randrange(2))"
    made = answered(tmp_path, doubling(*map(str, range(1, 9))), code)
    found = verify(made, data={"tarot": str(tmp_path / "data.jsonl")})
    assert found.verified
    assert {suspicion.check for suspicion in found.suspicions} <= {Suspicion.UNSTABLE}


def test_samples_without_a_score_and_with_too_many_tokens_are_suspicions(edited):
    def withhold(lines):
        lines[0].update(outcome="FILTERED_BY_SERVICE", usage={"input_tokens": 0, "output_tokens": 5000})

    edited.lines("completions", withhold)
    edited.lines("grades", lambda lines: [result.update(verdict="UNGRADED") for result in lines[0]["results"]])
    edited.lines("grades", lambda lines: lines[0]["extraction"].update(code=None, verdict="UNGRADED"))
    edited.json("bundle.json", lambda content: content["benchmarks"]["tarot"].update(output_tokens=5000))
    edited.recompute()
    found = verify(edited.sealed())
    assert found.findings == ()
    assert [suspicion.check for suspicion in found.suspicions] == [Suspicion.WITHHELD, Suspicion.TOKEN_LIMIT]


def test_another_commit_of_the_same_problems_is_a_suspicion_and_other_content_is_refused():
    known = Known("tarot", "a" * 40, "0123", {}, None)
    stated = Stated(
        data="org/x", revision="b" * 40, digest="0123", problems=0, samples=0, input_tokens=0, output_tokens=0
    )
    settings = {"data": {"tarot": {"revision": "b" * 40, "digest": "0123", "problems": 0}}}
    assert [finding.check for finding in check_data(stated, settings, known)] == [Suspicion.COMMIT]
    other = stated.model_copy(update={"digest": "4567"})
    assert Check.DATA in {finding.check for finding in check_data(other, settings, known)}


@pytest.fixture
def dataset(tmp_path):
    """A dataset in a folder, a run on it with one right and one wrong answer, and the errata that it gets later."""
    problems = [doubling("1", "2"), doubling("3", "4").model_copy(update={"id": "other"})]
    folder = tmp_path / "dataset"
    folder.mkdir()
    write_jsonl(problems, folder / "train.jsonl")
    lines = [{"problem_id": problem.id, "text": fenced("print(2 if input() == '1' else 0)")} for problem in problems]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    tb.evaluate(f"replay:{tmp_path / 'said.jsonl'}", tmp_path / "run", data=str(folder))
    version = DataVersion(source=str(folder), revision=tb.load_problems(folder).revision)
    wrong = Erratum(problem="other", action="retract", reason="wrong", date=date(2026, 11, 29))
    return folder, tmp_path / "run", Errata(data=version, errata=(wrong,))


def test_a_bundle_from_before_an_erratum_is_verified_on_the_data_without_it(dataset, tmp_path):
    folder, run, errata = dataset
    before = submit(run, tmp_path / "before")
    write_errata(errata, folder / "errata.yaml")
    assert [problem.id for problem in tb.load_problems(folder)] == ["double"]
    assert submit(run, tmp_path / "after").read_bytes() == before.read_bytes()
    found = verify(before, data={"tarot": str(folder)})
    assert (found.findings, found.benchmarks["tarot"].problems) == ((), 2)
    tb.evaluate(f"replay:{tmp_path / 'said.jsonl'}", tmp_path / "new", data=str(folder))
    later = verify(submit(tmp_path / "new", tmp_path / "after"), data={"tarot": str(folder)})
    assert (later.findings, later.benchmarks["tarot"].problems) == ((), 1)


@pytest.mark.slow
def test_a_prompt_of_the_submitters_own_is_a_suspicion(tmp_path):
    (tmp_path / "mine.jinja").write_text("Solve {{ problem.id }}: {{ problem.statement }}")
    (tmp_path / "suite.yaml").write_text("name: mine\nbenchmarks: [{name: tarot, prompt: mine.jinja}]\n")
    said = tarot("evaluate", "-m", "gold", "--suite", "suite.yaml", "--limit", "2", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    shown = tarot("submit", "run", "--to", "sent", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    (tmp_path / "mine.jinja").unlink()
    (made,) = (tmp_path / "sent").iterdir()
    found = verify(made)
    assert found.verified
    assert [suspicion.check for suspicion in found.suspicions] == [Suspicion.PROMPT]


def test_data_that_only_the_submitter_has_are_refused_and_no_path_of_a_bundle_is_read(tmp_path):
    made = answered(tmp_path, doubling("123", "456"), "print(2 * int(input()))")
    found = verify(made)
    assert [finding.check for finding in found.findings] == [Check.DATA]
    found = verify(made, data={"tarot": str(tmp_path / "data.jsonl")})
    assert (found.verified, found.benchmarks["tarot"].data) == (True, "data.jsonl")
    assert str(tmp_path) not in found.model_dump_json(exclude={"model", "command"})  # those two are the submitter's own


BROKEN = {
    "a newer format": (lambda e: e.json("bundle.json", lambda b: b.update(version=2)), "newer than 1; upgrade"),
    "another format": (lambda e: e.json("bundle.json", lambda b: b.update(format="x")), "not the list of a bundle"),
    "an unknown key": (lambda e: e.json("bundle.json", lambda b: b.update(rank=1)), "rank: unknown key"),
    "a cost that is no number": (
        lambda e: e.json("bundle.json", lambda b: b["benchmarks"]["tarot"].update(usd=float("nan"))),
        "usd: ",
    ),
    "fewer than no tokens": (
        lambda e: e.json("bundle.json", lambda b: b["benchmarks"]["tarot"].update(input_tokens=-1)),
        "input_tokens: ",
    ),
    "no manifest": (lambda e: (e.folder / "bundle.json").unlink(), "holds no bundle.json"),
    "a manifest that is no JSON": (lambda e: (e.folder / "bundle.json").write_text("{"), "is not readable"),
    "no run": (lambda e: (e.folder / "run.json").write_text("{}"), "run.json is not a valid manifest"),
    "a broken record": (lambda e: (e.folder / "tarot/grades.jsonl").write_text("[]\n"), "is not a Grade record"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_bundle_that_cannot_be_read_is_one_line(name, edited):
    change, words = BROKEN[name]
    change(edited)
    with pytest.raises(UserError, match=words) as caught:
        verify(edited.sealed(checksums=(edited.folder / "bundle.json").exists() and "JSON" not in name))
    assert "\n" not in str(caught.value)
    assert "/bundle/" not in str(caught.value)


FREE = {
    "bundle.json": r"version|model_card|about(\..+)?|benchmarks\.tarot\.(data|usd)",
    "run.json": r"version|environment\.(platform|prices)",
    "summary.json": r"summaries\.0\.setting\.(suite|data|notes|fewest_samples|forgeable_tests|fidelity|sandbox|prices"
    r"|tarot_bench|python|platform|command)(\..+)?",
    "tarot/completions.jsonl": r"\d+\.(text|finish_reason|note|usage)",
    "tarot/grades.jsonl": r"\d+\.(extraction\.how|results\.\d+\.(cpu_s|wall_s|peak_mib|detail|group))",
    "tarot/prompts.jsonl": r"-",
}
"""What may be changed in a bundle, with its checksums: statements that nobody can check, and what nobody reads."""
VALUES = st.one_of(
    *(st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=5), st.just([]), st.just({})),
    *map(st.just, (10**400, "\ud800", "\x1b[31m\n::error::", "https://example.org", [1, 2], [[]])),
)


def places(content, path=()):
    """The paths of all values in a JSON value."""
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


@settings(
    max_examples=30, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data(), st.sampled_from(sorted(FREE)), VALUES)
def test_whatever_is_changed_in_a_bundle_is_refused_or_one_line_or_free(edited, bundle, data, name, value):
    Edited.__init__(edited, bundle, edited.folder)
    path = edited.folder / name
    lines = [json.loads(line) for line in (path.read_text().splitlines() if "/" in name else [path.read_text()])]
    content = lines if "/" in name else lines[0]
    chosen = data.draw(st.sampled_from(list(places(content))))
    node = reduce(lambda inner, key: inner[key], chosen[:-1], content)
    before, node[chosen[-1]] = node[chosen[-1]], value
    path.write_text("".join(json.dumps(line) + "\n" for line in (content if "/" in name else [content])))
    try:
        found = verify(edited.sealed(checksums=name != "bundle.json"), sample=1)
        write_attestation(found, SIGNER, edited.folder / "attestation.json")
    except UserError as error:
        told = str(error)
    else:
        told = "".join(map(str, found.findings))
        assert found.verified == (not told)
        place = ".".join(map(str, chosen))
        assert not found.verified or before == value or re.fullmatch(FREE[name], place), place
    assert told == inline(told)


def test_the_verbs_sign_what_they_find_and_show_who_signed_it(bundle, edited, tmp_path):
    said = tarot("leaderboard", "keygen", "keys/board", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "keys/board").stat().st_mode & 0o777 == 0o600
    signed = ("--key", "keys/board", "--output", "good.json")
    said = tarot("verify", str(bundle), *signed, cwd=tmp_path)
    assert (said.returncode, said.stderr.count("\n")) == (0, 2), said.stderr
    assert "graded again: 6 samples\nverified: mutant:0.5" in said.stdout
    edited.lines("completions", lambda lines: lines.pop())
    said = tarot("verify", str(edited.sealed()), "--key", "keys/board", "-o", "bad.json", cwd=tmp_path)
    assert said.returncode == 1
    assert "missing-sample: tarot" in said.stdout
    said = tarot("leaderboard", "check", "good.json", "bad.json", "--keys", "keys", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "good.json: verified: mutant:0.5" in said.stdout
    assert "bad.json: refused: mutant:0.5" in said.stdout
    expect_one_line(tarot("leaderboard", "keygen", "keys/board", cwd=tmp_path), "exists; choose another name")


def test_mistakes_of_the_verifier_are_one_line(bundle, tmp_path):
    told = str(bundle)
    expect_one_line(tarot("verify", "nowhere.zip", cwd=tmp_path), "nowhere.zip is not a file")
    expect_one_line(tarot("verify", told, "-o", "a.json", cwd=tmp_path), "always signed")
    expect_one_line(tarot("verify", told, "--key", "x", "-o", "a.json", cwd=tmp_path), "cannot read x")
    expect_one_line(tarot("verify", told, "--data", "x.jsonl", cwd=tmp_path), "BENCHMARK=SOURCE")
    expect_one_line(tarot("verify", told, "--sandbox", "unsafe-subprocess", cwd=tmp_path), "isolates them")
