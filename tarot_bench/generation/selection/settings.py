"""The section ``selection`` of a generation recipe."""

from pydantic import Field

from tarot_bench.generation.selection.choosing import Tiering
from tarot_bench.generation.selection.wrong import MOST_KNOWN, MOST_MUTANTS
from tarot_bench.problem import Frozen


class SelectionSettings(Frozen):
    """How tests are selected among those that were accepted; the recipe's ``tests`` says how many."""

    tiering: Tiering = "author"
    """Which tests a tier may choose from: ``author``, those that were written for it; ``measured``, a band of the lines
    that the gold executes, and inputs with boundary features for ``edge``."""
    most_known: int = Field(default=MOST_KNOWN, ge=0)
    """Known wrong programs of the source and of models, per problem."""
    most_mutants: int = Field(default=MOST_MUTANTS, ge=0)
    """Mutants of the gold, per problem."""
    improve: int = Field(default=0, ge=0)
    """Rounds in which the generators get the wrong programs that every test accepts, and the tests that reject right
    programs, and write more tests."""
