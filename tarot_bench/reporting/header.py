"""The header of a table of results: the model, the data, and the sampling."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rich.text import Text

from tarot_bench.texts import inline


@dataclass(frozen=True, slots=True)
class Title:
    """What a table of results describes: model, data, sampling, sandbox.

    Attributes:
        model: full name, prefix included.
        benchmark: name of the suite or data set.
        revision: of the data; None where it has none.
        samples: drawn per problem.
        sandbox: isolation level, ``full``, ``landlock`` or ``none``.
        compat: the published grader that was reproduced, such as ``tarot``; None for our own.
        forgeable: how many tests are judged partly in the program's own process (`TestCase.forgeable`).
        data: where the problems came from; empty where it is unknown.
        tiers: those that were requested; empty for all tests.
        limit: only the first so many problems were requested.
        ids: only so many problems were requested, by their ids.
        sampling: how the model was asked to sample; ``temperature`` is always shown, nulls and empty values are not.
        options: further settings of the model, such as ``endpoint``; nested ones as ``extra``; switches that are off
            are not shown.
        extraction: how programs were taken out of texts; ``verbatim`` is a benchmark's official form.
        fewest: samples of the problem that has the fewest, where that differs from `samples`.
    """

    model: str
    benchmark: str
    revision: str | None
    samples: int
    sandbox: str
    compat: str | None = None
    forgeable: int = 0
    data: str = ""
    tiers: tuple[str, ...] = ()
    limit: int | None = None
    ids: int | None = None
    sampling: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    extraction: str = "answer"
    fewest: int | None = None


def header(title: Title) -> Iterator[Text]:
    """Return the lines above a table, warnings included."""
    yield Text.assemble((inline(title.model), "bold"), " on ", (inline(title.benchmark), "bold"))
    yield Text(inline("; ".join(_what(title))))
    n = f"{title.fewest} to {title.samples}" if title.fewest not in (None, title.samples) else str(title.samples)
    how = [f"n={n} per problem", *_sampling(title.sampling), f"sandbox {title.sandbox}"]
    yield Text(inline(", ".join(how)))
    if options := ", ".join(_named(title.options)):
        yield Text(inline(f"model options: {options}"))
    if title.sandbox == "none":
        yield Text("!! sandbox none: the programs ran without isolation", style="bold red")
    if title.compat:
        label = f"compat={title.compat}: reproduces that published grader; do not compare with other numbers"
        yield Text(label, style="yellow")
    if title.extraction == "verbatim":
        yield Text("extraction=verbatim: prompt and text were run as they are, nothing was taken out", style="yellow")
    if title.forgeable:
        yield Text(f"forgeable: {title.forgeable} tests are judged partly in the program's own process", style="yellow")


def _what(title: Title) -> Iterator[str]:
    """Describe the data and the part of them that was run."""
    revision = f"revision {title.revision}" if title.revision else ""
    yield "data " + (", ".join(filter(None, (title.data, revision))) or "unknown")
    if title.limit:
        yield f"first {title.limit} problems" if title.limit > 1 else "first problem"
    if title.ids:
        yield f"{title.ids} problems by id" if title.ids > 1 else "1 problem by id"
    if title.tiers:
        yield f"tiers {', '.join(title.tiers)}"


def _sampling(sampling: Mapping[str, object]) -> Iterator[str]:
    if not sampling:
        return
    temperature = sampling.get("temperature")
    yield "temperature of the server" if temperature is None else f"temperature {temperature:g}"
    yield from _named({key: value for key, value in sampling.items() if key != "temperature"})


def _named(settings: Mapping[str, object]) -> Iterator[str]:
    """Yield ``key value`` for every setting that is set; nested mappings contribute their own keys."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _named(value)
        elif value is not False and value not in (None, (), [], ""):
            yield f"{key} {', '.join(map(repr, value)) if isinstance(value, (list, tuple)) else value}"
