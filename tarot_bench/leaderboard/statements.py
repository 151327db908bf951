"""Check what a submission states against itself and against the verifier's data, without running anything."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tarot_bench.config import digest
from tarot_bench.leaderboard.bundle import (
    MANIFEST,
    OpenBundle,
    PromptDigest,
    Stated,
    command_of,
    is_past,
    is_web_address,
    versions_of,
)
from tarot_bench.leaderboard.findings import Check, Finding, Suspicion
from tarot_bench.leaderboard.programs import attack, memorised
from tarot_bench.problem import Problem, sha256
from tarot_bench.runs import JournalReader
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.verdict import Completion, Usage

Key = tuple[str, int]
MOST_WITHHELD = 0.05
"""Of all samples. Those that a service refused have no score, and whether it did is only the submitter's word."""
_MOST_MISSING = 1000
_COMMIT = re.compile("[0-9a-f]{40}")
MOST_GOLD_FACTOR = 10.0
"""Of `BenchmarkSuite.gold_factor`; with a larger one slower programs pass."""
_SUMMARISED = (
    *("revision", "data_digest", "settings_digest", "samples", "sampling", "options", "tiers", "limit", "ids"),
    *("compat", "extraction"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """One benchmark as the verifier has it.

    Attributes:
        name: of the benchmark.
        revision: of the problems.
        digest: of the problems.
        problems: by id.
        prompt_of: renders a prompt; None where the submission has a template of its own.
    """

    name: str
    revision: str
    digest: str
    problems: Mapping[str, Problem]
    prompt_of: Callable[[Problem], str] | None


def check_settings(bundle: OpenBundle, run: EvaluationRun, packages: Sequence[str] | None) -> Iterator[Finding]:
    """Check that ``bundle.json`` and ``run.json`` state the same settings, and ones that leaderboards allow.

    Args:
        bundle: extracted.
        run: the same.
        packages: that programs may import at the verifier's.
    """
    manifest, stated = run.manifest, bundle.stated
    settings, environment = manifest.settings, manifest.environment
    names = [entry.get("name") for entry in settings.get("benchmarks", ()) if isinstance(entry, dict)]
    pairs = {
        "kind": (manifest.kind, KIND),
        "digest": (manifest.digest, digest(settings)),
        "settings_digest": (stated.settings_digest, manifest.digest),
        "model": (stated.model, settings.get("model")),
        "samples": (stated.samples, settings.get("samples")),
        "sampling": (stated.sampling, settings.get("sampling")),
        "created": (stated.created, manifest.created),
        "command": (stated.command, command_of(environment)),
        "sandbox": (stated.sandbox, environment.get("sandbox")),
        "versions": (stated.versions, versions_of(environment)),
        "benchmarks": (sorted(stated.benchmarks), sorted(map(str, names))),
    }
    for key, (one, other) in pairs.items():
        if one != other:
            yield Finding(check=Check.CONFIG, where="run.json", message=f"{key} is stated as {one!r} and as {other!r}")
    factor = settings.get("gold_factor")
    if isinstance(factor, (int, float)) and not factor <= MOST_GOLD_FACTOR:
        message = f"gold_factor is {factor:g}; a leaderboard takes at most {MOST_GOLD_FACTOR:g}"
        yield Finding(check=Check.CONFIG, where="run.json", message=message)
    if stated.model_card is not None and not is_web_address(stated.model_card):
        yield Finding(check=Check.CONFIG, where=MANIFEST, message="the model's card is no address of the web")
    if not is_past(stated.created):
        message = f"the run was created at {stated.created!r}, which is no time, or is in the future"
        yield Finding(check=Check.CONFIG, where=MANIFEST, message=message)
    yield from _check_packages(settings, packages)


def _check_packages(settings: Mapping[str, Any], packages: Sequence[str] | None) -> Iterator[Finding]:
    place = settings.get("sandbox")
    stated = place.get("packages") if isinstance(place, dict) else None
    if sorted(stated or ()) != sorted(packages or ()):
        names = ",".join(map(str, stated or ()))
        advice = f"with --packages {names}, if the leaderboard allows that" if names else "without --packages"
        message = f"programs could import {names or 'the default packages'}; verify {advice}"
        yield Finding(check=Check.CONFIG, where="run.json", message=message)


def check_data(stated: Stated, settings: Mapping[str, Any], known: Known) -> Iterator[Finding]:
    """Check that the problems are the verifier's, and that both files state the same ones."""
    where = known.name
    if stated.digest != known.digest or stated.problems != len(known.problems):
        message = (
            f"{stated.problems} problems of revision {stated.revision[:19]} with digest {stated.digest}, but the "
            f"verifier's revision {known.revision[:19]} has {len(known.problems)} with digest {known.digest}"
        )
        yield Finding(check=Check.DATA, where=where, message=message)
    elif stated.revision != known.revision:
        message = f"revision {stated.revision[:19]} is stated, but this is {known.revision[:19]}"
        # A later commit may leave the problems as they are; a checksum tells of them.
        commits = _COMMIT.fullmatch(stated.revision) and _COMMIT.fullmatch(known.revision)
        yield Finding(check=Suspicion.COMMIT if commits else Check.DATA, where=where, message=message)
    stored = settings.get("data", {}).get(where, {})
    for key, value in (("revision", stated.revision), ("digest", stated.digest), ("problems", stated.problems)):
        if stored.get(key) != value:
            message = f"data.{where}.{key} is {stored.get(key)!r}, but bundle.json states {value!r}"
            yield Finding(check=Check.CONFIG, where="run.json", message=message)


def check_prompts(run: EvaluationRun, known: Known) -> Iterator[Finding]:
    """Check the digests of the prompts and of the tests of every problem."""
    where = f"{known.name}/prompts.jsonl"
    lines = islice(JournalReader(run.path / where, PromptDigest), len(known.problems) + 1)
    made = {record.problem_id: record for record in lines}
    if set(made) != set(known.problems):
        yield Finding(check=Check.PROMPTS, where=where, message="not one line for each problem")
        return
    if known.prompt_of is None:
        message = "the template is the submitter's own, so that the digests of prompts are not checked"
        yield Finding(check=Suspicion.PROMPT, where=known.name, message=message)
    for name, problem in known.problems.items():
        if made[name].problem_digest != problem.digest:
            yield Finding(check=Check.DATA, where=f"{known.name} {name}", message="the tests are not the verifier's")
        elif known.prompt_of and made[name].prompt != sha256(known.prompt_of(problem)):
            message = "the digest is not that of the stated template's prompt"
            yield Finding(check=Check.PROMPTS, where=f"{known.name} {name}", message=message)


def check_samples(run: EvaluationRun, stated: Stated, known: Known) -> Iterator[Finding]:
    """Check that every problem has exactly its samples, each with one grade, and the numbers of tokens."""
    files, samples = run.benchmark(known.name), run.manifest.settings["samples"]
    completions: Counter[Key] = Counter()  # only of samples that are asked for, so that no bundle fills the memory
    grades: Counter[Key] = Counter()
    count, withheld, used = 0, 0, Usage()
    for completion in files.completions:
        key = completion.problem_id, completion.index
        count, used = count + 1, used + completion.usage
        withheld += not completion.outcome.is_the_models
        stray = _stray(key, known, samples)
        if stray:
            yield stray
        else:
            completions[key] += 1
        yield from _check_completion(run, completion, known.name)
    for made in files.grades:
        key = made.problem_id, made.index
        if key in completions:
            grades[key] += 1
        else:
            yield _about(known.name, key, Check.UNKNOWN_SAMPLE, "there are verdicts, but no such sample")
    if withheld > max(1, MOST_WITHHELD * count):
        message = f"{withheld} of {count} samples have no score; a leaderboard takes {MOST_WITHHELD:.0%}"
        yield Finding(check=Check.TOO_MANY_WITHHELD, where=known.name, message=message)
    yield from _check_counts(known, samples, completions, grades)
    if stated.samples != count:
        message = f"{stated.samples} samples are stated, but there are {count}"
        yield Finding(check=Check.CONFIG, where=known.name, message=message)
    yield from _check_usage(run, stated, known.name, used)


def _check_usage(run: EvaluationRun, stated: Stated, benchmark: str, used: Usage) -> Iterator[Finding]:
    if (used.input_tokens, used.output_tokens) != (stated.input_tokens, stated.output_tokens):
        message = f"{stated.input_tokens} + {stated.output_tokens} tokens are stated, but there are "
        message += f"{used.input_tokens} + {used.output_tokens}"
        yield Finding(check=Check.TOKENS, where=benchmark, message=message)
    usd = run.usd(used)
    if stated.usd is not None and stated.usd != usd:
        message = f"{stated.usd:g} USD are stated, but by the run's prices it is {'unknown' if usd is None else usd}"
        yield Finding(check=Check.TOKENS, where=benchmark, message=message)


def _check_completion(run: EvaluationRun, completion: Completion, benchmark: str) -> Iterator[Finding]:
    key = completion.problem_id, completion.index
    settings = run.manifest.settings
    if completion.model != settings["model"]:
        message = f"the answer is of {completion.model}, not of {settings['model']}"
        yield _about(benchmark, key, Check.CONFIG, message)
    if not completion.outcome.is_the_models:
        yield _about(benchmark, key, Suspicion.WITHHELD, f"no score: {completion.outcome}")
    most = settings["sampling"]["max_tokens"]
    if completion.usage.output_tokens > most:
        message = f"{completion.usage.output_tokens} tokens, where max_tokens is {most}"
        yield _about(benchmark, key, Suspicion.TOKEN_LIMIT, message)


def _stray(key: Key, known: Known, samples: int) -> Finding | None:
    """The finding about a completion that nobody asked for."""
    if key[0] not in known.problems:
        return _about(known.name, key, Check.UNKNOWN_SAMPLE, "there is no such problem")
    if key[1] >= samples:
        message = f"with {samples} samples a problem the last is #{samples - 1}: chosen among more than are stated"
        return _about(known.name, key, Check.TOO_MANY_SAMPLES, message)
    return None


def _check_counts(known: Known, samples: int, completions: Counter[Key], grades: Counter[Key]) -> Iterator[Finding]:
    for key in completions:
        if key not in grades:
            yield _about(known.name, key, Check.MISSING_SAMPLE, "there are no verdicts")
        if completions[key] > 1:
            yield _about(known.name, key, Check.DOUBLED_SAMPLE, f"it is there {completions[key]} times")
        if grades[key] > 1:
            yield _about(known.name, key, Check.DOUBLED_SAMPLE, f"there are verdicts {grades[key]} times")
    keys = ((name, index) for name in known.problems for index in range(samples))
    for key in islice((key for key in keys if key not in completions), _MOST_MISSING):  # of any number that is stated
        yield _about(known.name, key, Check.MISSING_SAMPLE, "there is no completion")


def check_grades(run: EvaluationRun, known: Known) -> Iterator[Finding]:
    """Check that the grades are on the verifier's tests. Call it where `check_samples` found nothing."""
    files = run.benchmark(known.name)
    theirs = {(each.problem_id, each.index): each.outcome.is_the_models for each in files.completions}
    for made in files.grades:
        key, problem = (made.problem_id, made.index), known.problems[made.problem_id]
        if made.problem_digest != problem.digest:
            yield _about(known.name, key, Check.DATA, "graded on other tests than the verifier's")
        elif [result.tier for result in made.results] != [test.tier for test in problem.all_tests]:
            yield _about(known.name, key, Check.VERDICTS, "not one verdict for each test")
        elif made.ungraded == theirs[key]:
            message = "an answer of the model has no verdict" if theirs[key] else "a withheld answer has verdicts"
            yield _about(known.name, key, Check.VERDICTS, message)


def check_summary(summary: Mapping[str, Any], recomputed: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare a stated summary with the one that its own verdicts give; both as JSON.

    Args:
        summary: one of ``summary.json``.
        recomputed: with the same run and the stated verdicts.
    """
    where = f"summary.json {recomputed['benchmark']}"
    setting, ours = summary.get("setting"), recomputed["setting"]
    setting = setting if isinstance(setting, dict) else {}
    stated = {key: setting.get(key) for key in _SUMMARISED} | {"model": summary.get("model")}
    for key, value in stated.items():
        wanted = recomputed["model"] if key == "model" else ours[key]
        if value != wanted:
            message = f"{key} is stated as {value!r}, but it is {wanted!r}"
            yield Finding(check=Check.CONFIG, where=where, message=message)
    for part in ("metrics", "outcomes", "rating"):
        for place, value, wanted in _unequal(summary.get(part), recomputed.get(part), part):
            message = f"{place} is stated as {value}, but the verdicts give {wanted}"
            yield Finding(check=Check.METRICS, where=where, message=message)


def _unequal(one: Any, other: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """The places in which two JSON values differ, floats by more than 1e-9."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _unequal(one.get(key), other.get(key), f"{place}.{key}")
    elif isinstance(one, (int, float)) and isinstance(other, (int, float)):
        if not _close(one, other):
            yield place, str(one)[:20], str(other)[:20]
    elif one != other:
        yield place, str(one)[:60], str(other)[:60]


def _close(one: float, other: float) -> bool:
    try:
        return abs(one - other) <= 1e-9
    except OverflowError:  # an integer beyond all floats
        return False


def _about(benchmark: str, key: Key, check: Check | Suspicion, message: str) -> Finding:
    return Finding(check=check, where=f"{benchmark} {key[0]} #{key[1]}", message=message)


def check_programs(run: EvaluationRun, known: Known) -> Iterator[Finding]:
    """Look for attacks and memorised answers in the stated programs. Call it where `check_samples` found nothing."""
    for made in run.benchmark(known.name).grades:
        key, code = (made.problem_id, made.index), made.extraction.code
        if code is None:
            continue
        if told := attack(code):
            yield _about(known.name, key, Check.ATTACK, f"the program {told}")
        if count := memorised(code, known.problems[made.problem_id]):
            message = f"the program compares with {count} whole test inputs that the statement does not show"
            yield _about(known.name, key, Suspicion.MEMORISED, message)
