"""How long work tells that it moves on; the face decides how that looks."""

from typing import Protocol


class Progress(Protocol):
    """Receives the steps of long work, from one thread."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """A phase of ``total`` steps starts, ``done`` of which were done before this process."""
        ...

    def step(self, count: int = 1) -> None:
        """Steps of the current phase were done."""
        ...

    def note(self, message: str) -> None:
        """Something that the user should read, without stopping."""
        ...

    def end(self) -> None:
        """The current phase is over."""
        ...


class Silent:
    """Says nothing."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Ignore."""

    def step(self, count: int = 1) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""

    def end(self) -> None:
        """Ignore."""
