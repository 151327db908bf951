"""`make leaderboard`: the example's script makes every file of a leaderboard, and its site works in a real browser."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.world import environment

pytest.importorskip("altair", reason="needs the extra report")
pytestmark = pytest.mark.slow
HONEST = {"gold", "mutant:0.1", "mutant:0.3", "mutant:0.6", "mutant:1.0"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A leaderboard of 8 problems: that of TAROT_LEADERBOARD, which a second call must leave as it is, or a new one."""
    folder = Path(os.environ.get("TAROT_LEADERBOARD") or tmp_path_factory.mktemp("example") / "leaderboard")
    before = contents(folder / "board")
    command = [str(ROOT / "examples/leaderboard/make.sh"), str(folder), "8"]
    env = environment(tmp_path_factory.mktemp("home"))
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.splitlines()[-1] == f"site: {folder}/site/index.html"
    assert "PASSED is stated, WRONG_ANSWER is right" in said.stdout
    assert not before or contents(folder / "board") == before
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_honest_submission_is_verified_and_the_forged_one_is_refused(made):
    attestations = [json.loads(path.read_text())["payload"] for path in (made / "board/attestations").iterdir()]
    refused = [found for found in attestations if not found["verified"]]
    everything = (ROOT / "training_baselines/recordings").glob("*.jsonl")
    recorded = [path for path in everything if not path.stem.endswith("embedded")]  # of another dataset
    names = {f"replay:{path.relative_to(ROOT)}" for path in recorded}
    assert {found["model"] for found in attestations if found["verified"]} == HONEST | names
    assert [(found["model"], [each["check"] for each in found["findings"]]) for found in refused] == [
        ("mutant:1.0", ["verdicts"])
    ]
    entries = json.loads((made / "site/leaderboard.json").read_text())["entries"]
    assert entries[0]["model"] == "gold"
    assert {(entry["verified"], entry["benchmark"], entry["revision"]) for entry in entries} == {
        (True, "tarot", entries[0]["revision"])
    }, "all can be compared"


def test_the_page_shows_all_of_them_and_loads_nothing(made, browser):
    page = browser.new_page()
    errors, requests = [], []
    page.on("console", lambda said: errors.append(said.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto((made / "site/index.html").resolve().as_uri())
    shown = page.inner_text("body")
    page.get_by_role("link", name="gold", exact=True).first.click()
    page.wait_for_load_state()
    of_one = page.inner_text("body")
    page.close()
    assert [name for name in HONEST if name not in shown] == []
    assert "verdicts" in shown, "the reason of the refusal"
    assert "tarot-bench evaluate --model gold" in of_one
    assert errors == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
