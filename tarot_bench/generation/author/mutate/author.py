"""The author without an LLM: mutates known inputs, keeps those that the validator accepts, takes the gold's outputs."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from tarot_bench.dataset.entry import Entry, Materials, Provenance
from tarot_bench.generation.author.answering import kind_of, output_of
from tarot_bench.generation.author.drafting import CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.mutate import arguments, texts
from tarot_bench.generation.author.mutate.picking import Candidate, pick, spread
from tarot_bench.generation.observing import steps
from tarot_bench.generation.validate.accepting import accepts_at_once
from tarot_bench.grading.arguments import plain_form
from tarot_bench.pools import threads
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tarot_bench.sandbox.base import Job, Sandbox

_TRIES = 6
"""Mutations of what is known, then of what came of those: so many for each tier and generation."""
_FEWEST_GENERATIONS, _MOST_GENERATIONS, _PLENTY = 2, 6, 12
"""More generations where the validator accepted fewer inputs than plenty."""
_MOST_TRACED = 24
_LONGEST = 20_000
_ENOUGH = 3
"""Spare picks for each tier, in case the gold fails on one."""


class MutateAuthor:
    """Implements `drafting.Author`. The same seed and problem give the same tests, independent of other requests.

    "The gold exits 0" is no test of validity: on contest problems two thirds of the inputs that pass it are invalid.
    So a problem without a validator gets no tests, unless the recipe says otherwise.
    """

    def __init__(
        self,
        settings: GeneratorSettings,
        sandbox: Sandbox,
        seed: int = 0,
        day: str | None = None,
    ) -> None:
        """Store the settings; runs nothing yet.

        Args:
            settings: of the generator.
            sandbox: where golds and validators run.
            seed: of the run.
            day: of the run, for the provenance.
        """
        self.name = settings.name
        self._without_validator = settings.without_validator
        self._sandbox = sandbox
        self._seed = seed
        self._day = day

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Mutate, in as many threads as the sandbox has workers; in order.

        Raises:
            SandboxError: the sandbox failed; a repeated draft is the same.
        """
        waiting = iter(wanted)
        with threads(self._sandbox.workers, "mutate") as pool:
            while chunk := list(islice(waiting, 64)):
                yield from pool.map(self._draft, chunk)

    def written(self, wanted: Wanted) -> Materials:
        """Return no materials: it writes tests alone."""
        return Materials()

    def estimate(self, wanted: Sequence[Wanted], rounds: int = 0) -> CostEstimate:
        """Return an estimate of zero; sends no requests."""
        return CostEstimate(self.name)

    def _draft(self, wanted: Wanted) -> Drafted:
        problem = wanted.entry.problem
        if not wanted.tiers:  # only a validator is wanted, which this author does not write
            return Drafted(problem.id)
        known = _known_inputs(wanted)
        obstacle = self._why_not(wanted.entry, known)
        if obstacle:
            return Drafted(problem.id, (), *obstacle)
        return self._mutate(wanted, known)

    def _why_not(self, entry: Entry, known: list[str]) -> tuple[str, str] | None:
        if entry.problem.solution is None or entry.problem.answer_form != "program":
            return "no-gold", "there is no program to ask for the outputs"
        if not known:
            return "no-known-inputs", "there is no input to mutate"
        if _validator_of(entry) is None and not self._without_validator:
            return "no-validator", "without one, invalid inputs are not detected; set without_validator to accept that"
        return None

    def _mutate(self, wanted: Wanted, known: list[str]) -> Drafted:
        problem = wanted.entry.problem
        rng = random.Random(f"{self._seed}/{problem.id}/{wanted.round}")
        candidates = self._counted(problem, spread(self._candidates(wanted, known, rng), _MOST_TRACED))
        tests: dict[Tier, TestCase] = {}
        for _ in range(_ENOUGH):
            missing = [tier for tier in wanted.tiers if tier not in tests]
            picked = pick(candidates, missing)
            tests |= self._answered(problem, picked)
            used = {candidate.text for candidate, _ in picked.values()}
            candidates = [each for each in candidates if each.text not in used]
            if not candidates or len(tests) == len(wanted.tiers):
                break
        provenance = Provenance(generator=self.name, date=self._day, round=wanted.round)
        made = tuple((tests[tier], provenance) for tier in wanted.tiers if tier in tests)
        lacking = ", ".join(tier for tier in wanted.tiers if tier not in tests)
        shortage = ("too-few-inputs", f"no valid input was found for {lacking}") if lacking else (None,)
        return Drafted(problem.id, made, *shortage)

    def _candidates(self, wanted: Wanted, known: list[str], rng: random.Random) -> list[Candidate]:
        """Distinct, valid, new inputs."""
        problem, validator = wanted.entry.problem, _validator_of(wanted.entry)
        read = plain_form(problem)
        mutated = arguments.mutated if problem.style == "function" else texts.mutated
        seen = set(known) | {failure.input for failure in wanted.failures}
        pool = list(known)
        found: list[Candidate] = []
        for generation in range(_MOST_GENERATIONS):
            if generation >= _FEWEST_GENERATIONS and len(found) >= _PLENTY:
                break
            tried = []
            for aim in TIERS * _TRIES:
                text, how = mutated(rng.choice(pool), aim, rng)
                if text not in seen and len(text) <= _LONGEST:
                    seen.add(text)
                    tried.append(Candidate(text, aim, how))
            inputs = [read(candidate.text) for candidate in tried]
            valid = self._valid(validator, inputs, list(map(read, known)))
            good = [candidate for candidate, sound in zip(tried, valid, strict=True) if sound]
            found += good
            pool += [candidate.text for candidate in good]
        return found

    def _valid(self, validator: str | None, inputs: Sequence[str], known: Sequence[str]) -> Sequence[bool]:
        """Which inputs the validator accepts: all where there is none, none where it runs into a time limit."""
        if validator is None:
            return [True] * len(inputs)
        return accepts_at_once(validator, inputs, known, self._sandbox) or [False] * len(inputs)

    def _counted(self, problem: Problem, candidates: list[Candidate]) -> list[Candidate]:
        """The candidates with executed lines, without those on which the gold fails, if it can be traced at all."""
        counted = steps(problem, [each.text for each in candidates], self._sandbox)
        traced = [
            replace(each, steps=lines) for each, lines in zip(candidates, counted, strict=True) if lines is not None
        ]
        return traced or candidates

    def _answered(self, problem: Problem, picked: dict[Tier, tuple[Candidate, str]]) -> dict[Tier, TestCase]:
        """Tests of the picked inputs, with the gold's outputs; none where the gold fails, or answers at length."""
        kind = kind_of(problem)
        inputs = tuple(candidate.text.encode("utf-8", "surrogateescape") for candidate, _ in picked.values())
        if not inputs:
            return {}
        executions = self._sandbox.run(Job(problem.solution or "", kind, inputs, problem.limits, problem.entry_point))
        return {
            tier: TestCase(tier=tier, input=candidate.text, output=output, reason=reason, kind=kind)
            for (tier, (candidate, reason)), execution in zip(picked.items(), executions, strict=True)
            if (output := output_of(execution, kind)) is not None and len(output) <= _LONGEST
        }


def _known_inputs(wanted: Wanted) -> list[str]:
    kind = kind_of(wanted.entry.problem)
    tests = [test for test in wanted.entry.problem.original_tests + wanted.entry.problem.tests if test.stored]
    return list(dict.fromkeys(test.input for test in tests if test.kind == kind and len(test.input) <= _LONGEST))


def _validator_of(entry: Entry) -> str | None:
    """The validator that is believed, or else the first candidate."""
    return entry.validator or next(iter(entry.materials.validators), None)
