"""``python -m tests.bench.reports [PROBLEMS] [SAMPLES]``: the report of a large run, written and opened in Chromium.

Problems are procedural; answers are variants of their golds between made-up prose, as long as a chat model's. Verdicts
are drawn, so that no program is run. Prints CPU seconds and memory of writing, the file's size, and in the browser the
time to open, to search, to sort, to open a problem, and the memory of the tab.
"""

import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tarot_bench as tb
from tarot_bench.problem import Problem
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, Grade, Verdict
from tests.reporting.report.making import completion, grade, write_run

_WORDS = ("the", "input", "number", "list", "each", "first", "then", "loop", "sum", "answer", "value", "check", "while")
_FAILURES = (Verdict.WRONG_ANSWER,) * 6 + (Verdict.RUNTIME_ERROR, Verdict.TIME_LIMIT, Verdict.TRUNCATED)

_SEARCH = """async (text) => {
  const field = document.getElementById("search");
  const began = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input"));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return performance.now() - began;
}"""
"""Milliseconds until the next frame after the one that shows the result."""


def main() -> None:
    """Make the run, write its report, open it."""
    problems, samples = map(int, [*sys.argv[1:], *("15500", "10")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(prefix="tarot-bench-reports-") as scratch:
        folder = Path(scratch)
        chosen = tb.load_problems(f"synthetic:{problems}").problems
        run = write_run(folder / "run", chosen, samples=samples, model="mutant:0.5")
        files = EvaluationRun.open(run).benchmark("tarot")
        with files.write_completions() as answers, files.write_grades() as grades:
            for answer, made in _answers(chosen, samples):
                answers.append(answer)
                grades.append(made)
        print(f"{problems} problems x {samples} samples; journals {mib(_size(run)):.0f} MiB", flush=True)
        _write(run, folder / "report.html")
        _open(folder / "report.html")


def _answers(problems: tuple[Problem, ...], samples: int) -> Iterator[tuple[Completion, Grade]]:
    for problem in problems:
        rng = random.Random(problem.id)
        skill = rng.random()
        for index in range(samples):
            code, text = answer_to(problem, rng)
            passes = 4 if rng.random() < skill else rng.randint(0, 3)
            tests = problem.all_tests
            failure = rng.choice(_FAILURES)
            verdicts = [Verdict.PASSED if 4 * at < passes * len(tests) else failure for at in range(len(tests))]
            yield (
                completion(problem, index, text),
                grade(problem, index, verdicts, code=code),
            )


def answer_to(problem: Problem, rng: random.Random) -> tuple[str, str]:
    """A program like the gold, and an answer that holds it, as long as a chat model's."""
    code = _varied(problem.solution or "", rng)
    prose = " ".join(rng.choices(_WORDS, k=rng.randint(60, 200)))
    return code, f"{prose}\n```python\n{code}\n```\n{prose[:200]}"


def _varied(code: str, rng: random.Random) -> str:
    """A program like another: one name and one number differ, and a line is commented."""
    lines = code.replace("n", rng.choice(("n", "total", "count")), 1).splitlines()
    lines.insert(rng.randrange(len(lines) + 1), f"# {' '.join(rng.choices(_WORDS, k=6))} {rng.randrange(1000)}")
    return "\n".join(lines)


def _write(run: Path, path: Path) -> None:
    cpu, wall = time.process_time(), time.monotonic()
    tb.report([run], path, outputs=0)
    spent = time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"written in {spent:.0f} CPU s ({time.monotonic() - wall:.0f} s), {memory:.0f} MiB at most", flush=True)
    print(f"size {mib(path.stat().st_size):.1f} MiB", flush=True)
    for line in path.read_text(encoding="utf-8").partition("<script")[0].splitlines():
        if "to stay small" in line:
            print(line.removeprefix("<p>").removesuffix("</p>"))


def _open(path: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(300_000)
        began = time.monotonic()
        page.goto(path.as_uri())
        page.wait_for_selector(".tabulator-row")
        print(f"opened in {time.monotonic() - began:.2f} s", flush=True)
        for text in ("1", "77", ""):
            print(f"search for {text!r}: {page.evaluate(_SEARCH, text):.0f} ms", flush=True)
        for what, place, done in (
            ("sort", ".tabulator-col[tabulator-field=solved]", "[aria-sort=ascending]"),
            ("problem", ".tabulator-row a", "#problem article"),
        ):
            began = time.monotonic()
            page.locator(place).first.click()
            page.wait_for_selector(done)
            print(f"{what}: {1000 * (time.monotonic() - began):.0f} ms", flush=True)
        metrics = page.context.new_cdp_session(page)
        metrics.send("Performance.enable")
        found = {each["name"]: each["value"] for each in metrics.send("Performance.getMetrics")["metrics"]}
        print(f"tab: {mib(found['JSHeapUsedSize']):.0f} MiB of JavaScript in use, {_renderermib():.0f} MiB resident")
        browser.close()


def _renderermib() -> float:
    """The resident memory of the largest renderer process of Chromium on this machine, MiB."""
    most = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                status = (process / "status").read_text()
                most = max(most, int(status.partition("VmRSS:")[2].split()[0]))
        except (OSError, ValueError, IndexError):
            continue
    return most / 1024


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def mib(size: float) -> float:
    """Bytes in MiB."""
    return size / 1024 / 1024


if __name__ == "__main__":
    main()
