"""Pull requests on a loopback Hub through the real client, in a process of its own: it reads its settings at import."""

import json
import re
import subprocess
import sys

import pytest

import tarot_bench as tb
from tests.cli.command import tarot
from tests.publishing.test_hub import environment
from tests.servers.hub_writing import WritableHub

DRIVER = """
import json, os, sys
from pathlib import Path
from tarot_bench.errors import TarotError
from tarot_bench.leaderboard.hub import propose

for line in sys.stdin:
    asked = json.loads(line)
    os.environ["HF_TOKEN"] = asked["token"]
    try:
        done = propose(Path(asked["bundle"]), asked["repo"], first_wait_s=0.01)
        said = {"url": done.url, "is_new": done.is_new}
    except TarotError as error:
        said = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def hub():
    with WritableHub() as server:
        yield server


@pytest.fixture(scope="module")
def client(hub, tmp_path_factory):
    """Asks one process to propose a bundle, again and again."""
    home = tmp_path_factory.mktemp("hf")
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(hub, home),
    ) as process:

        def ask(repo, bundle, token="t"):
            process.stdin.write(json.dumps({"repo": repo, "bundle": str(bundle), "token": token}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@pytest.fixture
def board(hub, request):
    """The name of a leaderboard that no other test uses."""
    name = "org/" + re.sub(r"\W+", "-", request.node.name)[:80].strip("-_")
    hub.create(name)
    return name


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "mine-0123456789ab.zip"
    path.write_bytes(b"PK made by submit")
    return path


def test_a_bundle_is_proposed_in_a_pull_request_and_main_stays_as_it_was(hub, client, board, bundle):
    before = dict(hub.repos[board].names)
    said = client(board, bundle)
    assert said == {"url": f"{hub.endpoint}/datasets/{board}/discussions/1", "is_new": True}
    known = hub.repos[board]
    assert known.commits[known.names["refs/pr/1"]][f"submissions/{bundle.name}"] == bundle.read_bytes()
    assert known.names["main"] == before["main"]
    (request,) = known.requests
    assert request.title == "Submit mine-0123456789ab.zip"
    assert "tarot-bench verify" in request.description
    assert hub.unknown == []


def test_a_second_time_the_open_request_is_named_among_others(hub, client, board, bundle, tmp_path):
    first = client(board, bundle)
    for number in range(4):
        (tmp_path / f"other-{number}.zip").write_bytes(b"PK %d" % number)
        assert client(board, tmp_path / f"other-{number}.zip")["is_new"]
    assert client(board, bundle) == {"url": first["url"], "is_new": False}
    assert len(hub.repos[board].requests) == 5


def test_a_bundle_that_was_accepted_is_not_proposed_again(hub, client, board, bundle):
    client(board, bundle)
    hub.repos[board].merge(hub.repos[board].requests[0])
    address = f"{hub.endpoint}/datasets/{board}/blob/main/submissions/{bundle.name}"
    assert client(board, bundle) == {"url": address, "is_new": False}


def test_a_bundle_whose_request_was_closed_or_is_of_somebody_elses_file_is_proposed_anew(hub, client, board, bundle):
    client(board, bundle)
    hub.repos[board].requests[0].status = "closed"
    assert client(board, bundle)["is_new"]
    mine = bundle.read_bytes()
    bundle.write_bytes(b"PK another with this name")
    assert client(board, bundle)["is_new"]
    bundle.write_bytes(mine)
    assert client(board, bundle)["url"].endswith("discussions/2")


def test_a_request_whose_answer_was_lost_is_not_opened_twice(hub, client, board, bundle):
    hub.faults["commit"] = [-503] * 6  # the client itself repeats some
    said = client(board, bundle)
    hub.faults["commit"] = []
    assert "error" not in said, said
    assert len(hub.repos[board].requests) == 1


REFUSALS = {
    "no token": ("", None, "RunError", "set HF_TOKEN; the bundle is "),
    "another token": ("other", None, "RunError", "set HF_TOKEN to a token with write access; the bundle is "),
    "no rights": ("t", 403, "RunError", "You need the role write in this organisation"),
    "no such repository": ("t", 404, "RunError", "a folder is written ./org/nowhere; the bundle is "),
    "a hub that is down": ("t", 503, "InfrastructureError", "the Hub answered 503 for .*; the bundle is "),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_failure_is_one_line_and_names_the_bundle(name, hub, client, board, bundle):
    token, status, kind, words = REFUSALS[name]
    hub.faults["commit"] = [status] * 100 if status in (403, 503) else []
    said = client("org/nowhere" if status == 404 else board, bundle, token)
    hub.faults["commit"] = []
    assert said["error"] == kind
    assert re.search(words, said["message"]), said
    assert "\n" not in said["message"]
    assert str(bundle) in said["message"]
    assert bundle.exists()


def test_a_hub_that_cannot_be_reached_and_a_name_that_cannot_be_are_one_line(client, bundle):
    assert "cannot be a repository of the Hub" in client("org/..", bundle)["message"]
    assert "cannot be a repository of the Hub" in client("a/b/c", bundle)["message"]


def test_the_verb_prints_the_address_of_the_request_and_keeps_the_bundle_in_the_run(hub, board, tmp_path):
    tb.evaluate("gold", tmp_path / "run", limit=1)
    known = environment(hub, tmp_path / "hf") | {"HF_HUB_OFFLINE": "0"}
    said = tarot("submit", "run", "--to", board, cwd=tmp_path, **known)
    assert said.returncode == 0, said.stderr
    (kept,) = (tmp_path / "run/submitted").iterdir()
    url = f"{hub.endpoint}/datasets/{board}/discussions/1"
    assert said.stdout == f"bundle: run/submitted/{kept.name}\npull request: {url}\n"
    again = tarot("submit", "run", "--to", board, cwd=tmp_path, **known)
    assert f"{board} has this bundle already: {url}\n" in again.stdout
