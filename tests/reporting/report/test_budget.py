"""What the report of a large run leaves out: as little as possible, passing samples first, and it says so."""

import random

import pytest

import tarot_bench as tb
from tarot_bench.reporting.report import write
from tarot_bench.reporting.report.budget import SAMPLES, fitting, without
from tests.reporting.report.making import completion, grade, ladder, problem, write_run
from tests.reporting.report.opening import Opened

PROBLEMS = [problem(number) for number in range(400)]


def test_the_first_level_that_fits_is_taken_by_estimate():
    def content(asked, level):
        return random.Random(asked.id).randbytes(level).hex()  # does not compress below half

    sizes = [level * 4 / 3 * len(PROBLEMS) for level in (1000, 100)]
    assert fitting((1000, 100, 10), PROBLEMS, content, sizes[0] * 1.3) == 1000
    assert fitting((1000, 100, 10), PROBLEMS, content, sizes[0] * 0.9) == 100
    assert fitting((1000, 100, 10), PROBLEMS, content, sizes[1] * 0.9) == 10
    assert fitting((1000, 100, 10), PROBLEMS, content, 1) == 10
    assert fitting((1000, 100, 10), [], content, 1) == 1000


@pytest.mark.parametrize(
    ("level", "passing", "failing"),
    [
        (0, {"text": "t" * 600, "code": "c"}, {"text": "t" * 600, "code": "c"}),
        (1, {"code": "c"}, {"text": "t" * 600, "code": "c"}),
        (2, {}, {"text": "t" * 600, "code": "c"}),
        (3, {}, {"code": "c"}),
        (4, {}, {"code": "c"}),
    ],
)
def test_passing_samples_lose_their_texts_first(level, passing, failing):
    sample = {"index": 0, "text": "t" * 600, "code": "c", "results": []}
    rest = {"index": 0, "results": []}
    assert without(sample, True, SAMPLES[level]) == passing | rest
    assert without(sample, False, SAMPLES[level]) == failing | rest


def test_an_answer_without_code_keeps_its_beginning_at_every_level():
    sample = {"index": 0, "text": "t" * 600, "code": None}
    assert without(sample, False, SAMPLES[3])["text"] == "t" * 600
    assert without(sample, False, SAMPLES[4])["text"] == "t" * 500


def test_a_large_report_is_small_and_says_what_it_leaves_out(tmp_path, monkeypatch):
    chosen = PROBLEMS[:40]
    noise = {(a.id, i): random.Random(f"{a.id} {i}").randbytes(4000).hex() for a in chosen for i in (0, 1)}
    answers = [completion(asked, index, noise[asked.id, index]) for asked in chosen for index in (0, 1)]
    grades = [grade(asked, index, ladder(asked, 4 * index), code="c") for asked in chosen for index in (0, 1)]
    run = write_run(tmp_path / "run", chosen, answers, grades, samples=2)

    whole = tb.report([run], tmp_path / "whole.html", outputs=0)
    assert "to stay small" not in whole.read_text()
    monkeypatch.setattr(write, "MOST_BYTES", 40 * 10_000)  # one of the two texts takes about 6,000
    opened = Opened.at(tb.report([run], tmp_path / "small.html", outputs=0))
    assert "to stay small, this report leaves out raw answers of passing samples; `tarot-bench explain`" in opened.text
    failing, passing = opened.samples(chosen[0].id)
    assert failing["text"] == noise[chosen[0].id, 0]
    assert "text" not in passing
    assert passing["code"] == "c"
