"""Report an unexpected exception while one sample is graded: a reason for the sample, and one traceback in the log."""

import logging
import traceback

from tarot_bench.errors import one_line

_log = logging.getLogger(__name__)
_seen: set[tuple[type[Exception], str]] = set()


def reported(error: Exception) -> str:
    """Return one line for the sample's results. The traceback is logged once per kind and location of the error."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    kind = (type(error), place)
    if kind not in _seen:
        _seen.add(kind)
        _log.error("a sample could not be graded; please report this bug in tarot-bench", exc_info=error)
    return f"bug in tarot-bench, please report: {type(error).__name__}: {_text_of(error)}"


def _text_of(error: Exception) -> str:
    try:
        return one_line(error)
    except Exception:  # its text cannot be made
        return "(no text)"
