"""Run the miniature: teach every model of every level, then train and measure it under every curriculum."""

import json
import math
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from multiprocessing import active_children, get_context
from typing import TypeVar

from tarot_bench.runs import RunDirectory
from tarot_bench.training.miniature.cells import Cell, Work, starts, trained
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe

Tell = Callable[[str], None]
Item = TypeVar("Item")
Result = TypeVar("Result")


def run_miniature(recipe: MiniatureRecipe, run: RunDirectory, jobs: int, tell: Tell) -> list[Cell]:
    """Run all pending cells.

    Args:
        recipe: of the experiment.
        run: its directory; cells in ``cells.jsonl`` are done.
        jobs: models that are trained at the same time, each in a process of its own with one thread.
        tell: called with lines of progress.

    Returns:
        All cells, in the order in which they were finished.
    """
    from tarot_bench.training.miniature.work import learn_start, measure_cell

    taught = [Work(recipe, run.path, start) for start in starts(recipe)]
    missing = [work for work in taught if not work.taught.exists()]
    with closing(in_processes(learn_start, missing, jobs)) as lines:
        for line in lines:
            tell(line)
    with run.journal("cells.jsonl", Cell) as journal:
        done = {cell.key: cell for cell in journal}
        wanted = [*starts(recipe), *trained(recipe)]
        pending = [Work(recipe, run.path, key) for key in wanted if key not in done]
        begun = time.monotonic()
        with closing(in_processes(measure_cell, pending, jobs)) as cells:
            for cell in cells:
                done[cell.key] = cell
                journal.append(cell)
                left = len(wanted) - len(done)
                minutes = (time.monotonic() - begun) / (len(pending) - left) * left / 60
                rates = ", ".join(f"{tier} {rate:.2f}" for tier, rate in cell.rates.items())
                tell(f"{cell.key.name}: {rates} ({cell.cpu_s:.0f} CPU s); {left} to go, {minutes:.0f} min")
    return list(done.values())


def learning_cpu_s(recipe: MiniatureRecipe, run: RunDirectory) -> float:
    """CPU seconds of all supervised training."""
    works = (Work(recipe, run.path, start) for start in starts(recipe))
    return math.fsum(json.loads(work.taught.read_text(encoding="utf-8"))["cpu_s"] for work in works)


def in_processes(do: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Generator[Result, None, None]:
    """Yield what `do` returns for the items, as each is done.

    Args:
        do: a function of a module; with one job it runs in this process.
        items: what it is called with.
        jobs: processes; closing the generator early ends them.
    """
    if jobs == 1:
        yield from map(do, items)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            for future in as_completed([pool.submit(do, item) for item in items]):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.terminate()
            raise
