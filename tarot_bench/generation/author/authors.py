"""Open the generators and solvers of a recipe, with one journal and one budget for all of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tarot_bench.errors import RecipeError
from tarot_bench.generation.author.asking import Asking
from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.drafting import Author
from tarot_bench.generation.author.generator import MUTATE, SELECT, GeneratorSettings, SolverSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.llm import LlmAuthor
from tarot_bench.generation.author.mutate.author import MutateAuthor
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.select.author import SelectAuthor
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.author.solver import Solver
from tarot_bench.generation.author.tally import Tally
from tarot_bench.progress import RequestState
from tarot_bench.sandbox.base import Sandbox

REPLIES = Path("author", "replies.sqlite")
"""The run's journal of replies, in its directory."""


@contextmanager
def open_authors(
    generators: Sequence[GeneratorSettings],
    run: Path,
    sandbox: Sandbox,
    *,
    solvers: Sequence[SolverSettings] = (),
    pools: Pools | None = None,
    seed: int = 0,
    max_cost: float | None = None,
    prompts: Path | None = None,
    section: AuthorSettings = AuthorSettings(),  # noqa: B008 -- frozen
    report: Callable[[RequestState], None] = lambda state: None,
) -> Iterator[tuple[list[Author], list[Solver]]]:
    """Open the generators and solvers of a recipe, for the stages `author`, `repair` and `solve`.

    Args:
        generators: of the recipe; no two of one name.
        run: the run's directory; replies are kept in ``author/replies.sqlite`` there.
        sandbox: where ``mutate`` runs golds and validators.
        solvers: of the recipe; no two of one name.
        pools: of the recipe's source, for ``select``.
        seed: of the run, for ``mutate`` and ``select``.
        max_cost: USD that all generators and solvers together may spend, over the whole life of the run.
        prompts: a folder of templates; None takes the shipped one.
        section: the recipe's section ``author``: what models are asked for, and where replies go.
        report: called with the state of the requests whenever it changes.

    Raises:
        RecipeError: two generators or two solvers of one name, a template that cannot be used, ``select`` without
            pools, a cost limit without prices, or mode ``batch`` for a model that has none.
        ModelError: an unknown model.
        RunError: the journal cannot be opened.
    """
    _check_names(generators, "generators")
    _check_names(solvers, "solvers")
    templates, budget = Prompts(prompts, solving=bool(solvers)), Budget(max_cost)
    tally = Tally(budget, report)
    shared = Path(section.journal).expanduser() if section.journal else None
    with ReplyJournal(run / REPLIES, shared) as journal, ExitStack() as stack:

        def opened(generator: GeneratorSettings) -> Author:
            if generator.model == MUTATE:
                return MutateAuthor(generator, sandbox, seed, journal.day)
            if generator.model == SELECT:
                if pools is None:
                    raise RecipeError("the generator `select` needs a source to select from")
                return SelectAuthor(generator, pools, sandbox, seed, journal.day)
            author = LlmAuthor(generator, asking(generator), templates, journal.day, section)
            return stack.enter_context(closing(author))

        def asking(model: GeneratorSettings) -> Asking:
            return Asking(model, journal, budget, tally, section.unserved)

        yield (
            [opened(generator) for generator in generators],
            [stack.enter_context(closing(Solver(solver, asking(solver), templates))) for solver in solvers],
        )


def _check_names(models: Sequence[GeneratorSettings], section: str) -> None:
    names = [each.model for each in models]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RecipeError(f"{section} must differ in `model`; twice: {', '.join(twice)}")
