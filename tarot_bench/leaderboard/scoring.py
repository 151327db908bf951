"""The numbers that a leaderboard shows of verified entries: after errata, and with signs of contamination."""

from collections.abc import Iterator, Sequence
from datetime import date

from tarot_bench.dataset.errata import ERRATA
from tarot_bench.leaderboard.attestation import Attested
from tarot_bench.leaderboard.rescoring import Corrections, Outcome, Rescored, rescore
from tarot_bench.metrics.contamination import Contamination, contamination

_SHOWN = 5


class Scoring:
    """Scores verified entries, and remembers those that errata could not be applied to."""

    def __init__(self, corrections: Corrections | None, cutoff: date | None) -> None:
        self._corrections, self._cutoff = corrections, cutoff
        self._left: dict[str, list[str]] = {}
        self._answers: dict[str, list[str]] = {}

    def scored(self, file: str, attested: Attested) -> tuple[Attested, Rescored | None, Contamination | None]:
        """The numbers of one benchmark of a bundle, what errata changed in them, and signs of contamination.

        In `Attested.rates`, which decide the ranks, samples that were withheld have not passed.
        """
        made = rescore(attested, self._corrections) if self._corrections else Outcome(attested)
        if made.reason:
            self._left.setdefault(made.reason, []).append(file)
        if attested.answers:
            self._answers.setdefault(attested.answers, []).append(file)
        verdicts = made.attested.verdicts
        published = {name: known.published for name, known in verdicts.items() if known.published}
        matrices = [known.matrix(name) for name, known in verdicts.items()]
        ranked = made.attested.model_copy(update={"rates": _rates(attested, made.attested)})
        return ranked, made.rescored, contamination(matrices, published, self._cutoff)

    def unverified(self, file: str) -> None:
        """Note a bundle whose numbers only its submitter states: they stay as they are."""
        if self._corrections:
            self._left.setdefault("nobody verified it", []).append(file)

    def remarks(self) -> Iterator[str]:
        """Why errata were not applied to some entries, and which entries have the same answers."""
        for reason, files in self._left.items():
            yield f"{ERRATA} is not applied to {len(files)} of the entries ({_shown(files)}): {reason}"
        for files in self._answers.values():
            if len(files) > 1:
                yield f"the answers of {_shown(files)} are the same texts: one model under several names, or copies"


def _rates(given: Attested, after: Attested) -> dict[str, float]:
    """By problem, the share of samples that pass every test; withheld ones do not, those that errata ungraded are out.

    Otherwise a submission gains by withholding what fails, and takes problems out of the ranking of all others.
    """
    rates = dict(after.rates)
    for name, verdicts in after.verdicts.items():
        withheld = sum("U" in row for row in given.verdicts[name].samples)
        graded = [row for row in verdicts.samples if "U" not in row]
        if graded or withheld:
            rates[name] = sum(set(row) == {"P"} for row in graded) / (len(graded) + withheld)
    return rates


def _shown(files: Sequence[str]) -> str:
    return ", ".join([*files[:_SHOWN], *(["…"] if len(files) > _SHOWN else [])])
