"""``python -m tests.bench.site [SUBMISSIONS] [PROBLEMS] [SAMPLES]``: a leaderboard's site, built and opened.

Problems are procedural, answers are variants of their golds between made-up prose, verdicts are drawn, so that no
program is run; bundles and attestations are real, signed with a key that is thrown away. Builds the site without and
with samples. Prints CPU seconds, memory and size, and in Chromium the time to open, to search, to sort, to compare two
models.
"""

import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import tarot_bench as tb
from tarot_bench.api.samples import samples_writer
from tarot_bench.leaderboard.bundle import About
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.site.write import SamplesWriter, write_site
from tarot_bench.problem import Problem
from tests.bench.reports import answer_to, mib
from tests.leaderboard.site.making import Made, write_board

_FRAME = "await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));"
_SEARCH = f"""async (text) => {{
  const field = document.getElementById("search");
  const began = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", {{ bubbles: true }}));
  {_FRAME}
  return performance.now() - began;
}}"""
_COMPARE = f"""async () => {{
  const select = document.getElementById("b");
  const began = performance.now();
  select.value = select.options.length >> 1;
  select.dispatchEvent(new Event("change", {{ bubbles: true }}));
  const name = select.selectedOptions[0].textContent;
  while (document.querySelectorAll("#pair th a")[1].textContent !== name) {_FRAME}
  return performance.now() - began;
}}"""
"""Milliseconds until the next frame after the one that shows the result."""


def main() -> None:
    """Make the leaderboard, build its site twice, open it."""
    submissions, problems, samples = map(int, [*sys.argv[1:], *("200", "164", "1")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(prefix="tarot-bench-site-") as scratch:
        folder = Path(scratch)
        chosen = tb.load_problems(f"synthetic:{problems}").problems
        made = [_made(number, chosen, samples) for number in range(submissions)]
        board = write_board(folder / "board", chosen, made)
        print(f"{submissions} submissions of {problems} problems x {samples} samples", flush=True)
        data = {"tarot": str(folder / "board-runs" / "0.jsonl")}
        _build(board, folder / "site", None, "without samples")
        _open(folder / "site", samples=False)
        _build(board, folder / "site", samples_writer(data), "with samples")
        _open(folder / "site", samples=True)


def _made(number: int, problems: Sequence[Problem], samples: int) -> Made:
    rng = random.Random(number)
    skill, size = rng.betavariate(2, 2), rng.choice([1.5, 3, 7, 14, 32, 70, None])
    about = About(parameters_b=size, open_weights=size is not None, reasoning=rng.random() < 0.5)
    return Made(
        f"lab-{number % 17}/model-{number}-{'x' if size is None else f'{size:g}b'}",
        passes=_passes(number, skill),
        text=lambda place, index: answer_to(problems[place], random.Random(f"{number}/{place}/{index}"))[1],
        verified=number % 10 > 0,
        samples=samples,
        submitted={"about": about},
    )


def _passes(seed: int, skill: float) -> Callable[[int, int], int]:
    def passes(place: int, index: int) -> int:
        hard = random.Random(place).random()
        rng = random.Random(f"{seed}/{place}/{index}")
        return next((tier for tier in range(4) if rng.random() > 0.3 + 0.7 * skill - 0.15 * tier * hard), 4)

    return passes


def _build(board: Path, site: Path, samples: SamplesWriter | None, what: str) -> None:
    cpu, wall = time.process_time(), time.monotonic()
    write_site(read_folder(board), site, samples)
    spent = time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: built in {spent:.0f} CPU s ({time.monotonic() - wall:.0f} s), {memory:.0f} MiB at most", flush=True)
    files = [path for path in site.rglob("*") if path.is_file()]
    sizes = ", ".join(f"{name} {mib((site / name).stat().st_size):.1f}" for name in ("index.html", "compare.html"))
    whole = sum(path.stat().st_size for path in files)
    print(f"{what}: {len(files)} files, {mib(whole):.1f} MiB; {sizes}", flush=True)


def _open(site: Path, *, samples: bool) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)

        def timed(what: str, name: str, done: str) -> None:
            began = time.monotonic()
            page.goto((site / name).as_uri())
            page.wait_for_selector(done)
            print(f"{what}: {time.monotonic() - began:.2f} s", flush=True)

        timed("start page opened", "index.html", "#count:not(:empty)")
        for text in ("lab-1", "7b", ""):
            print(f"search for {text!r}: {page.evaluate(_SEARCH, text):.0f} ms", flush=True)
        began = time.monotonic()
        page.locator(".tabulator-col:has-text('edge')").first.click()
        page.wait_for_selector("[aria-sort=descending]")
        print(f"sort: {1000 * (time.monotonic() - began):.0f} ms", flush=True)
        timed("side by side opened", "compare.html", "#pair tbody tr")
        print(f"two other models: {page.evaluate(_COMPARE):.0f} ms", flush=True)
        some = next(path for path in sorted((site / "models").iterdir()) if (path / "attestation.json").exists())
        timed("a model's page opened", f"models/{some.name}/index.html", ".copy")
        if samples:
            timed("its samples opened", f"models/{some.name}/samples.html", "#count:not(:empty)")
        browser.close()


if __name__ == "__main__":
    main()
