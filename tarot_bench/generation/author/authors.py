"""Open the generators of a recipe, with one journal and one budget for all of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tarot_bench.errors import RecipeError
from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.drafting import Author
from tarot_bench.generation.author.generator import MUTATE, SELECT, GeneratorSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.llm import LlmAuthor
from tarot_bench.generation.author.mutate.author import MutateAuthor
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.select.author import SelectAuthor
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.sandbox.base import Sandbox


@contextmanager
def open_authors(
    generators: Sequence[GeneratorSettings],
    run: Path,
    sandbox: Sandbox,
    *,
    pools: Pools | None = None,
    seed: int = 0,
    max_cost: float | None = None,
    prompts: Path | None = None,
    on_reply: Callable[[int], None] = lambda count: None,
) -> Iterator[list[Author]]:
    """Open the generators of a recipe, for the stages `author` and `repair`.

    Args:
        generators: of the recipe; no two of one name.
        run: the run's directory; replies are kept in ``author/replies.sqlite`` there.
        sandbox: where ``mutate`` runs golds and validators.
        pools: of the recipe's source, for ``select``.
        seed: of the run, for ``mutate`` and ``select``.
        max_cost: USD that all generators together may spend, over the whole life of the run.
        prompts: a folder of templates; None takes the shipped one.
        on_reply: called with the number of finished requests (``mutate``, ``select``: problems).

    Raises:
        RecipeError: two generators of one name, a template that cannot be used, ``select`` without pools, a cost limit
            without prices, or mode ``batch`` for a model that has none.
        ModelError: an unknown model.
        RunError: the journal cannot be opened.
    """
    names = [generator.name for generator in generators]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RecipeError(f"generators must differ in `model`; twice: {', '.join(twice)}")
    templates, budget = Prompts(prompts), Budget(max_cost)
    with ReplyJournal(run / "author" / "replies.sqlite") as journal, ExitStack() as stack:

        def opened(generator: GeneratorSettings) -> Author:
            if generator.model == MUTATE:
                return MutateAuthor(generator, sandbox, seed, journal.day, on_reply)
            if generator.model == SELECT:
                if pools is None:
                    raise RecipeError("the generator `select` needs a source to select from")
                return SelectAuthor(generator, pools, sandbox, seed, journal.day, on_reply)
            return stack.enter_context(closing(LlmAuthor(generator, journal, budget, templates, on_reply)))

        yield [opened(generator) for generator in generators]
