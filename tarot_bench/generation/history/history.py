"""The history of one entry of a run, from its source row to what was kept of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.dataset.errata import OVERRIDES, Erratum, read_errata
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.generation.author.authors import REPLIES
from tarot_bench.generation.author.generator import GeneratorSettings, SolverSettings
from tarot_bench.generation.history.exchanges import Asked, Exchanges
from tarot_bench.generation.history.spent import Spent, spent_on
from tarot_bench.generation.history.states import EntryState, counted, open_generation, stages_of, states
from tarot_bench.problem import Frozen
from tarot_bench.runs import RunDirectory


class Listed(Frozen):
    """An entry in the list of a run."""

    entry: EntryState
    spent: Spent


class Step(Frozen):
    """What one stage did with the entry."""

    stage: str
    outcome: EntryState | None
    """Set where the stage dropped it."""
    tests: dict[str, int]
    """Number of tests by tier afterwards, and ``original``; empty where it was dropped."""
    flags: tuple[Flag, ...] = ()
    """Those that the stage added."""


class History(Frozen):
    """The whole history of one entry."""

    state: EntryState
    asked: tuple[Asked, ...]
    """All prompts about it, with their replies, in order."""
    steps: tuple[Step, ...]
    """One per finished stage that had it."""
    entry: Entry | None
    """As the last stage left it that kept it; None for a source row that was not usable."""
    spent: Spent
    refused: tuple[EntryState, ...] = ()
    """Further source rows of this id; the source refused them."""
    overrides: tuple[Erratum, ...] = ()
    """What persons decided about it since (`tarot-bench fix`), oldest first."""


class _Opened(NamedTuple):
    run: RunDirectory
    exchanges: Exchanges


def listed(path: Path) -> Iterator[Listed]:
    """List the entries of a run with their state and cost.

    Raises:
        RunError: there is no run of `generate`, its source is not read yet, or a file cannot be read.
    """
    run, exchanges = _opened(path)
    with closing(exchanges):
        spent: dict[str, Spent] = {}
        for asked in exchanges.of():
            spent[asked.problem] = spent.get(asked.problem, Spent()) + spent_on([asked])
    for state in states(run):
        yield Listed(entry=state, spent=spent.pop(state.id, Spent()))  # further rows of the id cost nothing


def history(path: str | Path, name: str) -> History:
    """Return the history of one entry.

    Args:
        path: the run directory.
        name: the problem's id, or its last part where that is unique.

    Raises:
        RunError: as `listed`.
        DataError: the run has no such entry.
    """
    path = Path(path).expanduser()
    run, exchanges = _opened(path)
    state, *refused = _found(list(states(run)), name, path)
    with closing(exchanges):
        asked = tuple(exchanges.of(state.id))
    steps, last = _steps(run, state)
    overrides = read_errata(run.path / OVERRIDES).errata if (run.path / OVERRIDES).is_file() else ()
    return History(
        state=state,
        asked=asked,
        steps=steps,
        entry=last,
        spent=spent_on(asked),
        refused=tuple(refused),
        overrides=tuple(each for each in overrides if each.problem == state.id),
    )


def generators_of(settings: dict[str, Any]) -> list[GeneratorSettings]:
    """The generators and solvers in the settings of a run; keys of a newer or older version are left out."""
    kinds = {"generators": GeneratorSettings, "solvers": SolverSettings}
    return [
        kind.model_validate({key: value for key, value in each.items() if key in kind.model_fields})
        for section, kind in kinds.items()
        for each in settings.get(section, ())
    ]


def _opened(path: Path) -> _Opened:
    run = open_generation(path)
    return _Opened(run, Exchanges(run.path / REPLIES, generators_of(run.manifest.settings)))


def _found(known: Sequence[EntryState], name: str, path: Path) -> list[EntryState]:
    """The states with the id that a name means: that of the entry, if there is one, and those of refused rows."""
    ids = list(dict.fromkeys(state.id for state in known))
    close = [name] if name in ids else [each for each in ids if re.search(rf"(^|\W){re.escape(name)}$", each)]
    if len(close) == 1:
        return [state for state in known if state.id == close[0]]
    if close:
        raise DataError(f"several entries of {path} end with {name!r}: {', '.join(close[:5])}")
    hint = did_you_mean(name, ids)
    raise DataError(f"{path} has no entry {name!r}{hint}; `tarot-bench inspect {path}` lists all")


def _steps(run: RunDirectory, state: EntryState) -> tuple[tuple[Step, ...], Entry | None]:
    """What each finished stage did, and the entry as the last of them left it."""
    steps: list[Step] = []
    last: Entry | None = None
    for stage in stages_of(run):
        if not stage.done:
            break
        if state.state == "dropped" and state.stage == stage.name:
            steps.append(Step(stage=stage.name, outcome=state, tests={}))
            break
        found = stage.entry(state.id)
        if found is None:
            break
        before = set(last.flags) if last else set()
        added = tuple(flag for flag in found.flags if flag not in before)
        steps.append(Step(stage=stage.name, outcome=None, tests=counted(found), flags=added))
        last = found
    return tuple(steps), last
