"""The section ``author`` of a generation recipe: what every model that writes tests is asked, and where replies go."""

from typing import Literal

from pydantic import Field

from tarot_bench.problem import Frozen

Unserved = Literal["pending", "drop"]
"""What becomes of a request whose retries are used up: it is asked again on resume, or counted as ``unserved``."""


class AuthorSettings(Frozen):
    """What one request asks for. Models write candidates; what is published is selected among those that hold."""

    literal: int = Field(default=1, ge=0)
    """Tests that are written out, for each tier."""
    generators: int = Field(default=0, ge=0)
    """Generator programs, for each tier."""
    seeds: int = Field(default=4, ge=1)
    """Inputs that each generator program makes at most."""
    validators: int = Field(default=1, ge=0)
    """Candidates for the validator; the best one is kept."""
    illegal: int = Field(default=0, ge=0)
    """Inputs that are almost valid, to try the validators on."""
    brute_force: bool = False
    """Whether a slow and simple solution is asked for, as a voter on small inputs and as a wrong program on large."""
    checkers: int = Field(default=0, ge=0)
    """Candidates for a checker, where the statement allows several answers."""
    journal: str | None = None
    """A file of replies that other runs read and write, too: what one of them paid for costs the others nothing."""
    unserved: Unserved = "pending"
    """Requests that a service does not serve (5xx, 429, no connection) once all retries are used up: ``pending`` asks
    again on resume, for as long as it takes; ``drop`` gives them up, under the reason ``unserved``."""
