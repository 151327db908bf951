"""Verify submissions to a leaderboard by grading them again."""

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from tarot_bench.api.attesting import digest_of_answers, refuses, verification_of
from tarot_bench.api.bundles import load_own, settings_of
from tarot_bench.config import complaints
from tarot_bench.dataset.sources import public_name
from tarot_bench.errors import DataError, RecipeError, RunError, SandboxError, UserError, one_line
from tarot_bench.evaluation import regrade
from tarot_bench.evaluation.parts import LoadedBenchmark, stored_settings
from tarot_bench.evaluation.settings import Evaluation, SandboxSetting
from tarot_bench.evaluation.summary import Summary, summary_of
from tarot_bench.leaderboard import statements
from tarot_bench.leaderboard.attestation import Attested, Verification, capped
from tarot_bench.leaderboard.bundle import OpenBundle, open_bundle
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.leaderboard.regraded import Drawn, compare, draw, most_unequal, rates
from tarot_bench.leaderboard.statements import Known
from tarot_bench.leaderboard.verdicts import verdicts_of
from tarot_bench.progress import Progress
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.verdict import Grade, Usage

Key = tuple[str, int]


def verify(
    bundle: str | Path,
    *,
    data: Mapping[str, str] | None = None,
    sample: int | None = None,
    sandbox: str = "local",
    packages: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Check a bundle, grade its completions again with this machine's data, and compare everything that it states.

    No program is run where the bundle's own statements contradict each other or the data. Nothing of the bundle
    decides what is read or imported on this machine.

    Args:
        bundle: the file that `submit` wrote; anyone may have made it.
        data: sources of the problems by benchmark; others have their default source.
        sample: re-grade so many samples, drawn at random; None re-grades all.
        sandbox: where programs run.
        packages: installed packages that they may import; None is numpy, where it is installed.
        progress: receives every grade.

    Returns:
        What was found; `tarot_bench.leaderboard.attestation.write_attestation` signs it.

    Raises:
        DataError: the file is no bundle, or one that cannot be read.
        UserError: this machine's data or sandbox cannot be used.
        InfrastructureError: a sample could not be graded.
    """
    path = Path(bundle).expanduser()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            (folder / "bundle").mkdir()
            opened = open_bundle(path, folder / "bundle")
            verifier = _Verifier(folder, data or {}, sandbox, packages, progress)
            return verifier.verify(opened, sample)
        except RunError as error:  # about files of the bundle
            raise DataError(str(error).replace(str(folder / "bundle"), str(path))) from None


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A bundle with the verifier's own settings and data."""

    opened: OpenBundle
    run: EvaluationRun
    settings: Evaluation
    parts: list[LoadedBenchmark]
    known: list[Known]


class _Verifier:
    def __init__(
        self,
        folder: Path,
        data: Mapping[str, str],
        sandbox: str,
        packages: Sequence[str] | None,
        progress: Progress | None,
    ) -> None:
        self._folder, self._data, self._progress = folder, data, progress
        self._place = SandboxSetting(kind=sandbox, packages=None if packages is None else tuple(packages))
        self._runs = 0

    def verify(self, opened: OpenBundle, sample: int | None) -> Verification:
        found = list(capped(opened.findings))
        if found:
            return verification_of(opened, found)
        run = EvaluationRun.open(opened.folder)
        found += capped(_check_shape(run)) or capped(statements.check_settings(opened, run, self._place.packages))
        if found:
            return verification_of(opened, found)
        try:
            loaded = self._load(opened, run)
        except RecipeError as error:  # about the stated benchmark, template or comparison
            message = one_line(error).replace(f"{self._folder}/", "")
            loaded = Finding(check=Check.CONFIG, where="run.json", message=message)
        if isinstance(loaded, Finding):
            return verification_of(opened, [loaded])
        for stage in (_data, _samples, _grades, _metrics):
            found += capped(stage(loaded))
            if refuses(found):
                return verification_of(opened, found)
        return self._regrade(loaded, found, sample)

    def _load(self, opened: OpenBundle, run: EvaluationRun) -> "_Loaded | Finding":
        """Load this machine's data for the benchmarks, narrowed as the bundle states."""
        own = load_own(run, self._data, self._place, self._folder)
        try:
            parts = [own.narrowed(part, opened.stated.benchmarks[part.name]) for part in own.parts]
        except UserError as error:
            return Finding(check=Check.DATA, where="run.json", message=one_line(error))
        known = [_known(part, shipped) for part, shipped in zip(parts, own.shipped, strict=True)]
        return _Loaded(opened, run, own.settings, parts, known)

    def _regrade(self, loaded: _Loaded, found: list[Finding], sample: int | None) -> Verification:
        keys = [(known.name, key) for known in loaded.known for key in _keys(loaded, known)]
        seed = random.SystemRandom().getrandbits(64)
        drawn = draw(keys, sample, seed) if sample is not None and sample < len(keys) else keys
        made, summaries = self._grade(loaded, drawn)
        for known in loaded.known:

            def again(disputed: Collection[Key], name: str = known.name) -> Mapping[Key, Grade]:
                return self._grade(loaded, [(name, key) for key in disputed])[0][name]

            stated = loaded.run.benchmark(known.name).grades
            found += capped(compare(known.name, stated, made[known.name], again, whole=len(drawn) == len(keys)))
        note = None
        if len(drawn) < len(keys):
            most = most_unequal(len(keys), len(drawn))
            note = Drawn(regraded=len(drawn), samples=len(keys), seed=seed, at_most=most)
            made = {known.name: _by_key(loaded.run.benchmark(known.name).grades) for known in loaded.known}
            stated_ones = [_stated_summary(loaded, part) for part in loaded.parts]
            summaries = [
                ours.model_copy(update={"metrics": theirs.metrics})
                for ours, theirs in zip(summaries, stated_ones, strict=True)
            ]
        verified = verification_of(loaded.opened, found)
        update = {"regraded": len(drawn), "sandbox": summaries[0].setting["sandbox"]}
        if verified.verified:
            update["drawn"] = note
            update["benchmarks"] = {
                summary.benchmark: _attested(loaded, summary, made[summary.benchmark]) for summary in summaries
            }
        return verified.model_copy(update=update)

    def _grade(
        self, loaded: _Loaded, wanted: Sequence[tuple[str, Key]]
    ) -> tuple[dict[str, dict[Key, Grade]], list[Summary]]:
        """Grade samples in a run of their own, whose settings and data are this machine's."""
        self._runs += 1
        path = self._folder / f"run-{self._runs}"
        stored = stored_settings(loaded.settings, loaded.parts)
        run = EvaluationRun.start(path, KIND, stored, {}, resume=False)
        chosen = set(wanted)
        theirs: set[tuple[str, Key]] = set()
        for part in loaded.parts:
            with run.benchmark(part.name).write_completions() as journal:
                for completion in loaded.run.benchmark(part.name).completions:
                    key = part.name, (completion.problem_id, completion.index)
                    if key in chosen:
                        journal.append(completion)
                        theirs |= {key} if completion.outcome.is_the_models else set()
        summaries = regrade(path, sandbox=self._place.kind, cache=False, progress=self._progress)
        made = {part.name: _by_key(run.benchmark(part.name).grades) for part in loaded.parts}
        ungraded = sum(
            grade.ungraded and (name, key) in theirs for name, grades in made.items() for key, grade in grades.items()
        )
        if ungraded:
            raise SandboxError(f"{ungraded} of {len(chosen)} samples could not be graded again")
        return made, summaries


def _check_shape(run: EvaluationRun) -> Iterator[Finding]:
    """Check that the settings are those of an evaluation, as everything else reads them."""
    try:
        settings = settings_of(run)
    except ValidationError as error:
        message = complaints(error, Evaluation)[:300]
        yield Finding(check=Check.CONFIG, where="run.json", message=f"the settings are not valid: {message}")
        return
    data = run.manifest.settings.get("data")
    for entry in settings.benchmarks:
        stored = data.get(entry.name) if isinstance(data, dict) else None
        if not isinstance(stored, dict) or not isinstance(stored.get("prompt"), str):
            message = f"the settings do not state data and prompt of {entry.name}"
            yield Finding(check=Check.CONFIG, where="run.json", message=message)
        elif "counts" in stored:
            message = f"{entry.name} has another number of samples for each problem"
            yield Finding(check=Check.CONFIG, where="run.json", message=message)


def _known(part: LoadedBenchmark, shipped: bool) -> Known:
    problems = {problem.id: problem for problem in part.problems}
    prompt_of = part.prompt.render if shipped else None
    return Known(part.name, part.problems.revision, part.problems.digest, problems, prompt_of)


def _data(loaded: _Loaded) -> Iterator[Finding]:
    for known in loaded.known:
        stated = loaded.opened.stated.benchmarks[known.name]
        found = list(statements.check_data(stated, loaded.run.manifest.settings, known))
        yield from found or statements.check_prompts(loaded.run, known)


def _samples(loaded: _Loaded) -> Iterator[Finding]:
    for known in loaded.known:
        yield from statements.check_samples(loaded.run, loaded.opened.stated.benchmarks[known.name], known)


def _grades(loaded: _Loaded) -> Iterator[Finding]:
    for known in loaded.known:
        yield from statements.check_grades(loaded.run, known)
        yield from statements.check_programs(loaded.run, known)


def _metrics(loaded: _Loaded) -> Iterator[Finding]:
    content = loaded.run.read_summary()
    stated = content.get("summaries") if isinstance(content, dict) else None
    listed = [each for each in stated if isinstance(each, dict)] if isinstance(stated, list) else []
    by_name = {each["benchmark"]: each for each in listed if isinstance(each.get("benchmark"), str)}
    wanted = sorted(part.name for part in loaded.parts)
    if not isinstance(stated, list) or len(stated) != len(wanted) or sorted(by_name) != wanted:
        message = "it does not have one summary for each benchmark"
        yield Finding(check=Check.METRICS, where="summary.json", message=message)
        return
    for part in loaded.parts:
        recomputed: dict[str, Any] = json.loads(_stated_summary(loaded, part).model_dump_json())
        recomputed["setting"]["revision"] = loaded.opened.stated.benchmarks[part.name].revision  # checked before
        yield from statements.check_summary(by_name[part.name], recomputed)


def _stated_summary(loaded: _Loaded, part: LoadedBenchmark) -> Summary:
    """The summary that the stated verdicts give."""
    return summary_of(loaded.run, loaded.settings, part, list(loaded.run.benchmark(part.name).grades))


def _keys(loaded: _Loaded, known: Known) -> list[Key]:
    return [(name, index) for name in known.problems for index in range(loaded.settings.samples)]


def _by_key(grades: Any) -> dict[Key, Grade]:
    return {(made.problem_id, made.index): made for made in grades}


def _attested(loaded: _Loaded, summary: Summary, made: Mapping[Key, Grade]) -> Attested:
    stated = loaded.opened.stated.benchmarks[summary.benchmark]
    part = next(part for part in loaded.parts if part.name == summary.benchmark)
    completions = loaded.run.benchmark(summary.benchmark).completions
    source = public_name(part.problems.source)
    setting = json.loads(json.dumps(summary.setting)) | {"data": source}
    del setting["command"]  # the verifier's own, with paths of its machine
    return Attested(
        data=source,
        revision=part.problems.revision,
        digest=part.problems.digest,
        problems=len(part.problems),
        samples=stated.samples,
        setting=setting,
        metrics=summary.metrics,
        rates=rates(made.values()),
        input_tokens=stated.input_tokens,
        output_tokens=stated.output_tokens,
        verdicts=verdicts_of(part.problems, made),
        answers=digest_of_answers(completions),
        usd=loaded.run.usd(Usage(input_tokens=stated.input_tokens, output_tokens=stated.output_tokens)),
    )
