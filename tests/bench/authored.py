"""The whole line with a loopback author that errs: ``python -m tests.bench.authored {tarot FILE, synthetic N}``.

Prints what was kept and dropped by reason, the cost, CPU seconds and memory; then kills a second run again and again,
resumes it, and compares the bytes.
"""

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.synthetic import entries
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.problem import Problem
from tests.servers.experts import Expert, Experts, synthetic_problems, tarot
from tests.servers.reasoning import Habits, ReasoningAuthor

_HABITS = Habits(hanging=0.01)
"""A program that hangs costs 5 or 10 CPU seconds; at the usual rate that is most of what the line needs."""
_MAX_TOKENS = 16_000
_PRICES = {"input_price": 1.1, "output_price": 4.4}
_AUTHOR = {"literal": 1, "generators": 1, "seeds": 2, "validators": 2, "illegal": 10, "brute_force": True}


def main(words: list[str] | None = None) -> None:
    """Run the line once, then with kills."""
    options = _options(words)
    options.output.mkdir(parents=True, exist_ok=True)
    source, known = _source(options.kind, options.what)
    known = list(known)
    before, begun = _cpu_s(), time.monotonic()
    with _serving(known) as server:
        _until_done(_written(options, "straight", source, server), options.output / "straight")
        told = {"cpu_s": round(_cpu_s() - before, 1), "largest_process_mib": _peak_mib(), "usd": _cost(server)}
    whole_s = time.monotonic() - begun
    with _serving(known) as server:  # which has had no request of the first run
        recipe = _written(options, "killed", source, server)
        kills = _killed(recipe, options.output / "killed", options.kills, whole_s)
    stages = json.loads((options.output / "straight" / "funnel.json").read_text())["stages"]
    lost: Counter[str] = Counter()
    for stage in stages:
        print({key: stage[key] for key in ("stage", "kept", "dropped", "flags")})
        lost.update(stage["dropped"])
    same = _files(options.output / "straight") == _files(options.output / "killed") if kills else None
    print(json.dumps({"kept": stages[-1]["kept"], "dropped": dict(lost), **told, "kills": kills, "identical": same}))


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.authored", description=__doc__)
    parser.add_argument("kind", choices=["tarot", "synthetic"])
    parser.add_argument("what", help="a file of published rows, or a number of problems")
    parser.add_argument("--mode", choices=["live", "batch"], default="live")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("runs/authored"))
    return parser.parse_args(words)


def _serving(known: Iterable[tuple[Problem, Expert]]) -> ReasoningAuthor:
    return ReasoningAuthor(Experts(known), AuthorSettings.model_validate(_AUTHOR), _HABITS, looks=2)


def _written(options: argparse.Namespace, name: str, source: str, server: ReasoningAuthor) -> Path:
    recipe: Path = options.output / f"{name}.yaml"
    recipe.write_text(yaml.safe_dump(_recipe(source, f"{server.url}/v1", options.mode)))
    return recipe


def _source(kind: str, what: str) -> tuple[str, Iterable[tuple[Problem, Expert]]]:
    if kind == "tarot":
        return what, tarot(load_problems(what))
    return f"synthetic:{what}", synthetic_problems(entries(int(what)))


def _recipe(source: str, url: str, mode: str) -> dict[str, Any]:
    model = {"model": "openai/reasoner", "base_url": url, "mode": mode, "poll_s": 0.2, "max_tokens": _MAX_TOKENS}
    return {
        "name": "authored",
        "source": {"data": source, "keep_tiers": False},
        "generators": [{**model, **_PRICES}],
        "author": _AUTHOR,
        "validate": {"times": 2, "record_cpu": False},
        "decontaminate": None,
        "measure": None,
    }


def _until_done(recipe: Path, output: Path, seconds: float | None = None) -> int:
    """Run, and run again while entries are pending; the exit status. With `seconds` one run, killed then."""
    command = [sys.executable, "-m", "tests.generation.generate_process", str(recipe), str(output)]
    for _ in range(10):
        process = subprocess.run([*command, *([str(seconds)] if seconds else [])], stderr=subprocess.PIPE, check=False)
        if process.returncode == 0 or seconds:
            return process.returncode
        if b"pending" not in process.stderr:
            raise RuntimeError(process.stderr.decode()[-2000:])
    raise RuntimeError("entries are still pending after ten runs")


def _killed(recipe: Path, output: Path, kills: int, whole_s: float) -> int:
    """How often a run was killed before it was resumed to its end."""
    rng, done = random.Random(1), 0
    for _ in range(kills):
        done += _until_done(recipe, output, rng.uniform(0.1, 0.5) * whole_s) == -signal.SIGKILL
    if kills:
        _until_done(recipe, output)
    return done


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _cost(server: ReasoningAuthor) -> float:
    return round(
        (server.tokens["input"] * _PRICES["input_price"] + server.tokens["output"] * _PRICES["output_price"]) / 1e6, 4
    )


def _files(run: Path) -> dict[str, bytes]:
    return {name: (run / name).read_bytes() for name in ("entries.jsonl", "funnel.json")}


if __name__ == "__main__":
    main()
