"""Runs and records for the tests of `tarot_bench.runs`."""

from tarot_bench.runs import RunDirectory
from tarot_bench.verdict import Completion


def completion(index: int, text: str = "x") -> Completion:
    return Completion(problem_id="p", index=index, model="gold", text=text)


def start(path, resume=False, kind="evaluate", **settings):
    return RunDirectory.start(path, kind, settings, {"sandbox": "local"}, resume)
