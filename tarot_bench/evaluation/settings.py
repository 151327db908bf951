"""The settings of an evaluation: suites as files, and the resolved settings that every run stores."""

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from tarot_bench.benchmarks import found_in, open_benchmark
from tarot_bench.benchmarks import names as benchmark_names
from tarot_bench.config import Name, build, load_yaml, with_overrides
from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading.compat import Compat
from tarot_bench.models.base import ModelOptions, Sampling
from tarot_bench.problem import Frozen, Tier
from tarot_bench.recipes import find
from tarot_bench.sandbox.registry import known_kind


class BenchmarkEntry(Frozen):
    """One benchmark of a suite."""

    name: Name
    """``tarot``, ``humaneval``, or one that another package provides."""
    data: str | None = None
    """A Hub id, a file or a folder; None takes the benchmark's default."""
    revision: str | None = None
    split: str | None = None
    prompt: str | None = None
    """A template: a path, or a shipped name in eval/prompts/; None takes the benchmark's default."""

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class BenchmarkSuite(Frozen):
    """A file of ``eval/suites/``: benchmarks and sampling settings."""

    name: Name
    description: str = ""
    benchmarks: tuple[BenchmarkEntry, ...] = Field(min_length=1)
    samples: int = Field(default=1, ge=1)
    """Completions per problem (n)."""
    k: tuple[int, ...] = (1,)
    """pass@k is reported for these."""
    sampling: Sampling = Sampling()
    system: str | None = None
    """A system message for chat models."""
    extraction: ExtractionForm = "answer"
    """``verbatim`` runs a benchmark's official form: its prompt's code and the text as it is, and nothing dropped."""
    gold_factor: float | None = Field(default=10.0, gt=1)
    """A program gets at least this many times gold's CPU time on this host; None takes the stated limits."""

    @field_validator("benchmarks", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, (str, dict)) else value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (most := max(self.k, default=0)) > self.samples:
            raise ValueError(f"pass@{most} needs {most} samples per problem, not {self.samples}; set -n {most}")
        if min(self.k, default=0) < 1:
            raise ValueError("k must hold at least one number, each at least 1")
        names = [entry.name for entry in self.benchmarks]
        if len(set(names)) != len(names):
            raise ValueError("a suite names each benchmark once")
        return self


class SandboxSetting(Frozen):
    """Where programs run, and what they may import; a plain kind means the default packages."""

    kind: str = "local"
    """Built in, or of an installed plug-in; `resolve` checks it, so that a run can be read where that is missing."""
    packages: tuple[str, ...] | None = None
    """Installed packages that programs may import; None is numpy, where it is installed."""

    @model_validator(mode="before")
    @classmethod
    def _bare_kind(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("packages", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [name.strip() for name in value.split(",")] if isinstance(value, str) else value

    @model_serializer(mode="wrap")
    def _bare_where_possible(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any] | str:
        return self.kind if self.packages is None else handler(self)  # as runs of earlier versions have it


class Evaluation(BenchmarkSuite):
    """The resolved settings of a run: a suite with all options."""

    model: str
    options: ModelOptions = ModelOptions()
    tiers: tuple[Tier, ...] | None = None
    """Only these tiers; None takes all tests, originals included."""
    ids: tuple[str, ...] | None = None
    limit: int | None = Field(default=None, ge=1)
    sandbox: SandboxSetting = SandboxSetting()
    isolation: Literal["full", "landlock"] = "landlock"
    """The weakest level of isolation to accept; ``full`` stops on a machine that has less."""
    compat: Compat | None = None
    input_price: float | None = Field(default=None, ge=0)
    """USD per million input tokens, for the cost that is shown during the run."""
    output_price: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _both_prices(self) -> Self:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("give both `input_price` and `output_price`, or neither")
        return self

    @property
    def prices(self) -> tuple[float, float] | None:
        """USD per million input and output tokens; None if they were not given."""
        if self.input_price is None or self.output_price is None:
            return None
        return self.input_price, self.output_price

    @property
    def identity(self) -> dict[str, Any]:
        """The settings that determine a run's records: without concurrency and timeouts of the server, and prices."""
        drive = {"base_url", "concurrency", "batch_size", "timeout_s", "max_retries", "retry_refused"}
        told = {"description": True, "input_price": True, "output_price": True}
        found = self.model_dump(mode="json", exclude={"options": drive, **told})
        # Runs of earlier versions have no such keys, and can be resumed.
        if self.extraction == "answer":
            del found["extraction"]
        if self.options.system_role:
            del found["options"]["system_role"]
        return found


def resolve(
    model: str,
    suite: str = "tarot",
    data: tuple[str, ...] = (),
    overrides: tuple[str, ...] = (),
    data_dir: str | None = None,
    benchmarks: tuple[str, ...] = (),
    **given: Any,
) -> Evaluation:
    """Resolve the settings of an evaluation from a suite, options and ``key=value`` pairs.

    Args:
        model: the model's full name.
        suite: a path, or a shipped name in eval/suites/.
        data: ``SOURCE`` for a suite of one benchmark, or ``BENCHMARK=SOURCE``.
        data_dir: a folder with the files of benchmarks that have no other source.
        benchmarks: names, in place of the suite's benchmarks; one that the suite has keeps its prompt and split there.
        overrides: ``key=value`` pairs, as in ``sampling.temperature=0.2``; they win over everything else.
        **given: further fields of `Evaluation`; None values are left to the suite.

    Raises:
        RecipeError: unknown suite, key, benchmark or sandbox, or a value that does not fit.
    """
    chosen = _with_benchmarks(_suite(suite), benchmarks)
    raw = chosen.model_dump(mode="json", exclude_unset=True)
    entries = [_in_folder(entry, data_dir) for entry in _with_data(chosen, data)]
    raw["benchmarks"] = [entry.model_dump(mode="json") for entry in entries]
    raw |= {"model": model} | {key: value for key, value in given.items() if value is not None}
    if given.get("samples") and not given.get("k"):
        # Fewer samples than the suite's: of its pass@k, those that fewer samples allow.
        raw["k"] = sorted({k for k in (*chosen.k, 1) if k <= given["samples"]})
    if isinstance(raw.get("sandbox"), str):
        raw["sandbox"] = {"kind": raw["sandbox"]}
    # `sandbox=cold` leaves the packages as they are.
    overrides = tuple(re.sub(r"^sandbox=(?=[\w-]+$)", "sandbox.kind=", pair) for pair in overrides)
    made = build(Evaluation, with_overrides(raw, overrides), "settings")
    try:
        known_kind(made.sandbox.kind)
    except ValueError as error:
        raise RecipeError(f"settings: sandbox.kind: {error}") from None
    return made


def _suite(argument: str) -> BenchmarkSuite:
    """Load a suite.

    Raises:
        RecipeError: no such suite; where a benchmark is called so, the line says how to run it.
    """
    try:
        path = find(argument, "eval/suites")
    except RecipeError:
        if argument not in benchmark_names():
            raise
        raise RecipeError(f"--suite {argument} names a benchmark, not a suite; use --benchmark {argument}") from None
    return load_yaml(BenchmarkSuite, path)


def _with_benchmarks(suite: BenchmarkSuite, wanted: tuple[str, ...]) -> BenchmarkSuite:
    """The suite with these benchmarks instead of its own, named after them.

    Raises:
        RecipeError: an unknown name, or one that is given twice.
    """
    if not wanted:
        return suite
    for name in wanted:
        open_benchmark(name)  # refuses a name that no package provides
    own = {entry.name: entry for entry in suite.benchmarks}
    raw = suite.model_dump(mode="json", exclude_unset=True)
    raw["name"] = "+".join(wanted)
    raw["benchmarks"] = [own.get(name, BenchmarkEntry(name=name)).model_dump(mode="json") for name in wanted]
    return build(BenchmarkSuite, raw, "--benchmark")


def _with_data(suite: BenchmarkSuite, data: tuple[str, ...]) -> list[BenchmarkEntry]:
    sources = dict(_named(suite, argument) for argument in data)
    unknown = set(sources) - {entry.name for entry in suite.benchmarks}
    if unknown:
        known = [entry.name for entry in suite.benchmarks]
        first = sorted(unknown)[0]
        raise RecipeError(
            f"--data {first}=…: suite {suite.name!r} has no such benchmark, it has {', '.join(known)}"
            f"{did_you_mean(first, known)}"
        )
    return [
        entry.model_copy(update={"data": sources[entry.name]}) if entry.name in sources else entry
        for entry in suite.benchmarks
    ]


def _in_folder(entry: BenchmarkEntry, folder: str | None) -> BenchmarkEntry:
    if entry.data or not folder:
        return entry
    return entry.model_copy(update={"data": found_in(open_benchmark(entry.name), folder, "--data-dir")})


def _named(suite: BenchmarkSuite, argument: str) -> tuple[str, str]:
    name, equals, source = argument.partition("=")
    if not equals or Path(argument).expanduser().exists():  # the name of a file may hold "=", too
        if len(suite.benchmarks) > 1:
            names = ", ".join(entry.name for entry in suite.benchmarks)
            raise RecipeError(
                f"--data {argument} fits several benchmarks; name one of {names}: --data {names.split(',')[0]}=…"
            )
        name, source = suite.benchmarks[0].name, argument
    local = Path(source).expanduser()
    return name, str(local.resolve()) if local.exists() else source
