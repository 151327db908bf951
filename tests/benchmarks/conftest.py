"""Benchmarks on small files in the exact formats of the real ones, and gold through the whole path on the real ones."""

import gzip
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tarot_bench.grading import grade
from tarot_bench.verdict import Completion


@pytest.fixture
def jsonl(tmp_path):
    """Writes rows as a JSON Lines file, gzipped where the name says so, and returns its path as text."""

    def write(name, rows):
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return str(path)

    return write


@pytest.fixture(scope="session")
def judge(sandbox):
    """Grades raw text as a model would send it."""

    def do(problem, text, finish_reason="stop"):
        completion = Completion(problem_id=problem.id, index=0, model="test", text=text, finish_reason=finish_reason)
        return grade(problem, completion, sandbox)

    return do


@pytest.fixture(scope="session")
def judge_code(judge):
    """Grades a program in a fenced block."""
    return lambda problem, code: judge(problem, f"```python\n{code}\n```")


@pytest.fixture(scope="session")
def gold_misses(judge_code):
    """The problems of a set that their own solutions, from raw fenced text, do not solve."""

    def do(problems):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            grades = pool.map(lambda problem: judge_code(problem, problem.solution), problems)
            return [grade.problem_id for grade in grades if not grade.solved]

    return do
