"""The exceptions of the package.

A `UserError` is an error that the user can fix: the command line prints its one line and exits 2,
without a traceback. An `InfrastructureError` comes from the sandbox or the network: it is never a score, it becomes
`UNGRADED` and is pending on resume. Everything else is a bug and keeps its traceback.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches


class TarotError(Exception):
    """Base class of every error this package raises on purpose."""


class UserError(TarotError):
    """The user can fix this; the message is one line that says what to do."""


class DataError(UserError):
    """A dataset, a problem or a records file cannot be used as it is."""


class RecipeError(UserError):
    """A recipe, suite or setting is unknown or malformed."""


class RunError(UserError):
    """A run directory cannot be opened, resumed or written."""


class ModelError(UserError):
    """A model cannot be reached or used: wrong name, missing key or package, server down."""


class QuotaError(ModelError):
    """The provider refuses further requests for lack of credit; waiting does not help."""


class RefusedError(ModelError):
    """The service refuses one request; others may be fine.

    Attributes:
        reason: ``context_length``, ``content_filter``, ``too_large``, or ``bad_request`` where it gives no such name.
        words: the service's own, on one line.
    """

    def __init__(self, message: str, reason: str, words: str) -> None:
        super().__init__(message)
        self.reason, self.words = reason, words


class SandboxUnavailableError(UserError):
    """This machine does not support the requested isolation; the message says what to install or enable."""


class InfrastructureError(TarotError):
    """The infrastructure failed, not the program under test. Becomes `UNGRADED`, never a score."""


class SandboxError(InfrastructureError):
    """The sandbox failed to run a job."""


@contextmanager
def boundary(error: type[TarotError], doing: str) -> Iterator[None]:
    """Convert any exception to one typed error of this package; typed errors pass through unchanged.

    Args:
        error: the type that callers of this boundary expect.
        doing: what was being done, as in "reading problems from data.jsonl".

    Raises:
        TarotError: the escaped typed error, or `error` with the cause's text.
    """
    try:
        yield
    except TarotError:
        raise
    except Exception as cause:
        raise error(f"{doing}: {one_line(cause)}") from cause


def one_line(cause: BaseException, limit: int = 300) -> str:
    """The text of an exception on a single line of at most `limit` characters."""
    text = " ".join(str(cause).split()) or type(cause).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean X, Y?`` for the known names closest to a word, the closest first; empty where none is close.

    Letter case is ignored.
    """
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)
    return f"; did you mean {', '.join(by_folded[name] for name in close)}?" if close else ""
