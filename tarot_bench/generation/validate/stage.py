"""The stage `validate`: keep of every entry what execution confirms."""

from collections.abc import Iterator, Sequence

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.checking import Checked, check, unsettled
from tarot_bench.generation.validate.settings import Unvalidated, ValidateSettings
from tarot_bench.generation.validate.settling import STAGE
from tarot_bench.generation.workers import answered
from tarot_bench.sandbox.base import Sandbox

__all__ = ["Checked", "Unvalidated", "ValidateSettings", "ValidateStage", "check"]


class ValidateStage:
    """Drops entries whose gold fails, and in the others the tests that executed programs do not confirm."""

    name = STAGE
    whole = False

    def __init__(self, settings: ValidateSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, as many at once as the sandbox has workers."""
        return answered(entries, self._answer, self._sandbox.workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        checked = check(unsettled(entry), self._sandbox, self._settings)
        if checked.dropped:
            return StageOutcome.drop(entry, *checked.dropped)
        unique = tuple(dict.fromkeys(checked.entry.flags))  # a data set's flags may be found again
        return StageOutcome.keep(checked.entry.model_copy(update={"flags": unique}))
