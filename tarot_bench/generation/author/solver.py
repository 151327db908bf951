"""A solver: asks a model for solutions of problems, from their statements alone, and takes the programs out."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from tarot_bench.dataset.entry import Entry, Flag, SampledSolution
from tarot_bench.extraction import extract
from tarot_bench.generation.author.asking import Asking, Question
from tarot_bench.generation.author.drafting import CostEstimate
from tarot_bench.generation.author.estimating import estimated
from tarot_bench.generation.author.generator import SolverSettings
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.models import Request

STAGE = "solve"


class Solver:
    """Samples solutions of one model; requests and replies take the way of an author's."""

    def __init__(self, settings: SolverSettings, asking: Asking, prompts: Prompts) -> None:
        """Set up.

        Args:
            settings: the model, and how many samples.
            asking: asks it.
            prompts: with the template for solvers.
        """
        self.settings = settings
        self.name = settings.name
        self._asking = asking
        self._prompts = prompts

    def fetch(self, entries: Sequence[Entry], later: int = 0) -> None:
        """Request the samples that the journal does not hold.

        Args:
            entries: read again for each request.
            later: how many entries will follow, for the report.

        Raises:
            UserError: the run cannot continue (no credit, a wrong key, the cost limit); what was answered is kept.
        """
        questions = [
            Question(self._asking.key(request), partial(self._again, entries, place, request.index))
            for place, entry in enumerate(entries)
            for request in self._requests(entry)
        ]
        self._asking.fetch(questions, later * self.settings.samples)

    def sampled(self, entry: Entry) -> tuple[list[SampledSolution], list[Flag]] | None:
        """The samples of an entry, with a flag for each reason why some are missing; None while one is pending."""
        found: list[SampledSolution] = []
        missing: Counter[str] = Counter()
        for request in self._requests(entry):
            reply = self._asking.reply(self._asking.key(request))
            if reply is None:
                return None
            code = None if reply.text is None else extract(reply.text, entry.problem).code
            if code is None:
                missing[reply.reason or "no-code"] += 1
            else:
                found.append(SampledSolution(source=code, solver=self.name))
        of = f"of {self.settings.samples} samples"
        flags = [Flag(stage=STAGE, reason=why, detail=f"{self.name}: {count} {of}") for why, count in missing.items()]
        return found, flags

    def estimate(self, entries: Sequence[Entry]) -> CostEstimate:
        """Return what `fetch` would send, and its cost; nothing is sent or opened."""
        requests = (request for entry in entries for request in self._requests(entry))
        return estimated(self._asking, self.settings, requests)

    def close(self) -> None:
        """Close the model, if it was opened. Idempotent."""
        self._asking.close()

    def _requests(self, entry: Entry) -> list[Request]:
        """One request for each sample; none where the answer is no program."""
        problem = entry.problem
        if problem.answer_form != "program":
            return []
        prompt = self._prompts.solving(problem)
        return [Request(problem, number, prompt) for number in range(self.settings.samples)]

    def _again(self, entries: Sequence[Entry], place: int, number: int) -> Request:
        return self._requests(entries[place])[number]
