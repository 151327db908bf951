"""The lists of files in "How it flows": each file exists once, and is entered in that order."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/concepts/how-it-flows.md").read_text()
JOURNEYS = [re.findall(r"^\d+\. `(\S+)`", part, re.MULTILINE) for part in PAGE.split("\n## ")[1:]]

# Each runs twice: imports stay out of the second, which is traced. So do constructors, which only store arguments.
CODES = [
    # The second extends the run of the first, whose gold is measured already.
    "tb.evaluate('gold', 'run', limit=1, samples=n, cache=False, resume=n > 1)",
    "tb.generate('smoke', f'run{n}', settings=['source.data=synthetic:2'])\n"
    "    tb.publish(f'run{n}', 'you/name', send=False)",
    "reward([problem.solution], problem=[problem.model_dump_json(indent=n)], log_metric=lambda *_: None)",
]
TRACE = """
import json, sys, threading
import tarot_bench as tb

def journey(n):
    {code}

def note(frame, event, _):
    path = frame.f_code.co_filename
    if event == "call" and path.startswith({package!r}) and frame.f_code.co_name not in ("<module>", "__init__"):
        entered.setdefault(path.removeprefix({root!r}))

entered = {{}}
problem = tb.load_problems()[0]
sandbox = tb.open_sandbox(workers=1)
reward = tb.TierReward("static", "fraction", sandbox)
journey(1)
threading.setprofile(note)
sys.setprofile(note)
journey(2)
sys.setprofile(None)
threading.setprofile(None)
sandbox.close()
print(json.dumps(list(entered)))
"""


@pytest.mark.parametrize("files", JOURNEYS, ids=["evaluate", "generate", "train"])
def test_every_file_of_a_journey_exists_and_is_named_once(files):
    assert len(files) > 10
    assert len(set(files)) == len(files)
    assert all((ROOT / file).is_file() for file in files)


def test_files_that_are_named_beside_the_lists_exist():
    named = re.findall(r"`((?:tarot_bench|tests)/\S+)`", PAGE)
    assert len(named) > sum(map(len, JOURNEYS))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param(JOURNEYS[0], CODES[0], id="evaluate"),
        pytest.param(JOURNEYS[1], CODES[1], id="generate", marks=pytest.mark.slow),
        pytest.param(JOURNEYS[2], CODES[2], id="train"),
    ],
)
def test_the_files_of_a_journey_are_entered_in_their_order(files, code, tmp_path):
    script = TRACE.format(code=code, package=f"{ROOT}/tarot_bench/", root=f"{ROOT}/")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    entered = json.loads(done.stdout.splitlines()[-1])
    assert [file for file in entered if file in files] == files
