"""The author that chooses four tiers among valid tests that the source has, with the gold as oracle; no LLM."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from tarot_bench.dataset.entry import Entry, Materials, Provenance, WrongProgram
from tarot_bench.generation.author.answering import kind_of, output_of
from tarot_bench.generation.author.drafting import CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.select.pools import Pool, Pools
from tarot_bench.generation.gold import same
from tarot_bench.generation.measure.tracing import steps_of
from tarot_bench.generation.observing import steps
from tarot_bench.generation.selection.boundary import boundaries
from tarot_bench.generation.selection.choosing import Candidate, Choice, choose
from tarot_bench.generation.selection.rejecting import pool_rejections, telling
from tarot_bench.generation.selection.shortlist import evenly, shortlist
from tarot_bench.generation.selection.wrong import MOST_MUTANTS, pool_of
from tarot_bench.pools import threads
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox.base import Job, Sandbox

_MOST_TRACED = 300
"""Inputs of a pool that are traced, spread over their sizes."""
_MOST_TRIED = 24
"""Inputs that wrong programs are run on."""
_LONGEST = 20_000
"""Characters of an input or an output; tests are read by people, too."""
_UNSET = Tier.BASIC
"""The tier of a test that has none yet."""


class SelectAuthor:
    """Implements `drafting.Author`. The same seed, problem and pool give the same tests, whatever else is asked for."""

    def __init__(
        self,
        settings: GeneratorSettings,
        pools: Pools,
        sandbox: Sandbox,
        seed: int = 0,
        day: str | None = None,
        wrong: Callable[[Entry], Sequence[WrongProgram]] | None = None,
    ) -> None:
        """Store the settings; reads and runs nothing yet.

        Args:
            settings: of the generator.
            pools: the tests to choose from.
            sandbox: where golds and wrong programs run.
            seed: of the run.
            day: of the run, for the provenance.
            wrong: the wrong programs of an entry; None takes those of `pool_of`.
        """
        self.name = settings.name
        self._counts = settings.tests
        self._pools = pools
        self._sandbox = sandbox
        self._day = day
        self._wrong = wrong or partial(pool_of, seed=seed)

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Choose, in as many threads as the sandbox has workers; in order.

        Raises:
            DataError: the source can no longer be read.
            SandboxError: the sandbox failed; drafts made anew are the same.
        """
        waiting = iter(wanted)
        with threads(self._sandbox.workers, "select") as workers:
            while chunk := [(each, self._pools.of(each.entry.problem.id)) for each in islice(waiting, 64)]:
                yield from workers.map(lambda pair: self._draft(*pair), chunk)

    def written(self, wanted: Wanted) -> Materials:
        """Return no materials: it writes tests alone."""
        return Materials()

    def estimate(self, wanted: Sequence[Wanted], rounds: int = 0) -> CostEstimate:
        """Estimate no cost: no request is sent."""
        return CostEstimate(self.name)

    def _draft(self, wanted: Wanted, pool: Pool) -> Drafted:
        problem = wanted.entry.problem
        if problem.solution is None or problem.answer_form != "program":
            return Drafted(problem.id, (), "no-gold", "there is no program to ask for the outputs")
        if not pool.tests:
            return Drafted(problem.id, (), "no-pool", "the source has no tests to select from")
        candidates = self._candidates(wanted.entry, pool, {failure.input for failure in wanted.failures})
        counts = {tier: self._counts.get(tier, 1) for tier in wanted.tiers}
        choices = choose(candidates, counts)
        provenance = Provenance(generator=self.name, date=self._day, round=wanted.round)
        made = tuple((_test(choice, len(candidates)), provenance) for choice in choices)
        found = Counter(choice.tier for choice in choices)
        lacking = ", ".join(tier for tier in wanted.tiers if found[tier] < counts[tier])
        if lacking:
            return Drafted(problem.id, made, "too-few-inputs", f"the pool has too few valid tests for {lacking}")
        return Drafted(problem.id, made)

    def _candidates(self, entry: Entry, pool: Pool, refused: set[str]) -> list[Candidate]:
        """Valid tests with all that is measured of them: a shortlist of the pool."""
        problem = entry.problem
        declared = {test.input: test.output for test in pool.tests if len(test.input) <= _LONGEST}
        texts = evenly(sorted(declared.keys() - refused, key=lambda text: (len(text), text)), _MOST_TRACED)
        short = shortlist(self._traced(problem, texts), _MOST_TRIED)
        answered, gold_cpu_s = self._answered(problem, short, declared)
        tests = tuple(candidate.test for candidate in answered)
        counted = steps_of(problem.model_copy(update={"tests": tests}), self._sandbox)
        wrong = telling(problem, tests, self._wrong(entry), MOST_MUTANTS, gold_cpu_s, self._sandbox)
        rejected = pool_rejections(problem, tests, wrong, gold_cpu_s, self._sandbox)
        return [
            replace(candidate, steps=lines, rejects=rejects)
            for candidate, lines, rejects in zip(answered, counted, rejected, strict=True)
        ]

    def _traced(self, problem: Problem, texts: Sequence[str]) -> list[Candidate]:
        """With executed lines, which are exact up to a limit; without inputs on which the gold fails."""
        kind = kind_of(problem)
        counted = steps(problem, texts, self._sandbox)
        found = [
            Candidate(TestCase(tier=_UNSET, input=text, kind=kind), lines, boundary)
            for text, lines, boundary in zip(texts, counted, boundaries(texts, kind), strict=True)
        ]
        return [candidate for candidate in found if candidate.steps is not None] or found

    def _answered(
        self, problem: Problem, candidates: Sequence[Candidate], declared: Mapping[str, str | None]
    ) -> tuple[list[Candidate], float]:
        """The gold's outputs and most CPU seconds; without tests that it fails, contradicts or has long answers to."""
        kind = kind_of(problem)
        inputs = tuple(each.test.input.encode("utf-8", "surrogateescape") for each in candidates)
        if not inputs:
            return [], 0.0
        executions = self._sandbox.run(Job(problem.solution or "", kind, inputs, problem.limits, problem.entry_point))
        made = []
        for candidate, execution in zip(candidates, executions, strict=True):
            output, said = output_of(execution, kind), declared[candidate.test.input]
            if output is None or len(output) > _LONGEST:
                continue
            if said is None or same(candidate.test, said, output, problem.checker):
                test = candidate.test.model_copy(update={"output": output if said is None else said})
                made.append(replace(candidate, test=test))
        return made, max(execution.cpu_s for execution in executions)


def _test(choice: Choice, count: int) -> TestCase:
    """The chosen test with its tier and the reason."""
    candidate = choice.candidate
    work = f"{candidate.steps} executed lines" if candidate.steps is not None else "work unknown"
    edge = f"; {', '.join(sorted(candidate.boundary))}" if candidate.boundary else ""
    reason = (
        f"Chosen among {count} valid tests: {work}, {len(candidate.test.input)} characters{edge}. It rejects "
        f"{len(candidate.rejects)} wrong programs, {choice.new} of which no test chosen before it rejects."
    )
    return candidate.test.model_copy(update={"tier": choice.tier, "reason": reason})
