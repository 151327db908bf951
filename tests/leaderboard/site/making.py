"""Make the folder of a leaderboard from given verdicts: real bundles and signed attestations, no program is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tarot_bench.api.leaderboard import submit
from tarot_bench.evaluation.parts import parts_of_run
from tarot_bench.evaluation.summary import summarise_run
from tarot_bench.leaderboard.attestation import Attested, Verification, write_attestation
from tarot_bench.leaderboard.bundle import Bundle, open_bundle
from tarot_bench.leaderboard.entries import Entry, Folder, Submission
from tarot_bench.leaderboard.findings import Finding
from tarot_bench.leaderboard.keys import generate_key, read_signer
from tarot_bench.leaderboard.regraded import rates
from tarot_bench.leaderboard.verdicts import verdicts_of
from tarot_bench.metrics.tiers import summarise
from tarot_bench.problem import Problem, Tier, sha256
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Verdict, VerdictMatrix
from tests.reporting.report.making import completion, grade, ladder, write_run

AT = "2026-11-{day:02}T12:00:00+00:00"


@dataclass
class Made:
    """One submission to make.

    Attributes:
        model: its name.
        passes: how many of a problem's tests the sample of an index passes, from the first on.
        text: of the answer to a problem at an index; "" is the problem's gold.
        verified: whether it gets an attestation.
        findings: refuse it.
        suspicions: are shown.
        samples: per problem.
        submitted: more arguments of `submit`.
    """

    model: str
    passes: Callable[[int, int], int] = lambda number, index: 4
    text: Callable[[int, int], str] = lambda number, index: ""
    verified: bool = True
    findings: Sequence[Finding] = ()
    suspicions: Sequence[Finding] = ()
    samples: int = 1
    submitted: dict[str, Any] = field(default_factory=dict)


def write_board(folder: Path, problems: Sequence[Problem], submissions: Sequence[Made]) -> Path:
    """Write the folder of a leaderboard, with one key and attestations of it."""
    generate_key(folder / "keys/judge")
    for number, made in enumerate(submissions):
        run = _run(folder.with_name(f"{folder.name}-runs") / str(number), problems, made)
        bundle = submit(run, folder / "submissions", **made.submitted)
        if made.verified:
            opened = folder.with_name(f"{folder.name}-runs") / f"{number}-opened"
            found = _verification(bundle, opened, problems, made, number)
            write_attestation(found, read_signer(folder / "keys/judge"), folder / f"attestations/{number}.json")
    return folder


def _run(path: Path, problems: Sequence[Problem], made: Made) -> Path:
    keys = [(number, index) for number in range(len(problems)) for index in range(made.samples)]
    answers = [
        completion(problems[number], index, made.text(number, index), model=made.model) for number, index in keys
    ]
    grades = [grade(problems[n], index, ladder(problems[n], made.passes(n, index))) for n, index in keys]
    write_run(path, problems, answers, grades, samples=made.samples, model=made.model)
    run = EvaluationRun.open(path)
    settings, parts = parts_of_run(run.manifest)
    summarise_run(run, settings, parts, {part.name: list(run.benchmark(part.name).grades) for part in parts})
    return path


def _verification(bundle: Path, opened: Path, problems: Sequence[Problem], made: Made, number: int) -> Verification:
    """What `verify` would find, with the stated verdicts."""
    opened.mkdir()
    found = open_bundle(bundle, opened)
    run, stated = EvaluationRun.open(opened), found.stated
    summary = run.read_summary()["summaries"][0]
    grades = list(run.benchmark("tarot").grades)
    verdicts = verdicts_of(problems, {(made.problem_id, made.index): made for made in grades})
    attested = Attested.model_validate(
        stated.benchmarks["tarot"].model_dump()
        | {"setting": summary["setting"], "metrics": summary["metrics"], "rates": rates(grades), "verdicts": verdicts}
    )
    return Verification(
        **{name: getattr(stated, name) for name in SAME if hasattr(stated, name)},
        bundle=found.digest, submitted_with=stated.versions, verified=not made.findings, findings=tuple(made.findings),
        suspicions=tuple(made.suspicions), regraded=0 if made.findings else len(grades),
        sandbox=None if made.findings else {"kind": "local", "level": "full"}, versions=stated.versions,
        at=AT.format(day=1 + number % 28), benchmarks={} if made.findings else {"tarot": attested},
    )  # fmt: skip


SAME = ("model", "model_card", "command", "samples", "sampling", "settings_digest", "created", "about")
"""What an attestation repeats of a bundle."""


def entry(model: str, solved: Sequence[bool], **fields: Any) -> Entry:
    """An entry with one edge test for each problem."""
    verdicts = [Verdict.PASSED if passed else Verdict.WRONG_ANSWER for passed in solved]
    matrices = [VerdictMatrix(str(n), (Tier.EDGE,), ((verdict,),)) for n, verdict in enumerate(verdicts)]
    known = {
        "bundle": sha256(model), "file": "f.zip", "model": model, "model_card": None, "command": "c",
        "created": "2026-01-01", "benchmark": "b", "revision": "r", "digest": "d", "compat": None,
        "extraction": "answer", "problems": len(solved), "samples": len(solved), "input_tokens": 0, "output_tokens": 0,
        "verified": True, "metrics": summarise(matrices),
        "rates": {str(n): float(passed) for n, passed in enumerate(solved)},
    }  # fmt: skip
    return Entry(**(known | fields))


def folder_of(*entries: Entry) -> Folder:
    """A leaderboard with one submission for each entry, whose files nobody reads."""
    return Folder(tuple(_submission(each) for each in entries))


def _submission(each: Entry) -> Submission:
    said = Bundle(
        **each.model_dump(include={"model", "model_card", "command", "created", "samples"}), settings_digest="s",
        sampling={}, versions={}, sandbox={}, benchmarks={}, files={},
    )  # fmt: skip
    return Submission(Path(each.file), each.bundle, said, None, (each,))
