"""Commits on a loopback Hub through the real client, in a process of its own: it reads its settings at import."""

import json
import os
import random
import re
import subprocess
import sys
import time

import pytest

from tarot_bench import __version__
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES, FUNNEL, write_lines
from tests.servers.hub_writing import WritableHub

DRIVER = """
import json, sys
from pathlib import Path
from tarot_bench.dataset.errata import Errata
from tarot_bench.errors import TarotError
from tarot_bench.publishing.hub import Publisher

for line in sys.stdin:
    asked = json.loads(line)
    folder = Path(asked["folder"])
    try:
        publisher = Publisher(asked["repo"], first_wait_s=0.01)
        applied = asked.get("applied", [])
        applied = Errata.model_validate(applied).errata if applied else applied
        if asked.get("plan"):
            change = publisher.plan(folder, applied)
            said = None if change is None else [change.added, change.deleted, change.unchanged]
        else:
            tag, private = asked.get("tag", "v1.0.0"), asked.get("private", False)
            done = publisher.publish(folder, "a message", tag, private, applied)
            said = {"commit": done.commit, "added": done.change.added, "deleted": done.change.deleted}
    except TarotError as error:
        said = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(said), flush=True)
"""


def environment(hub, home, token="t"):
    return {
        **os.environ,
        "HF_ENDPOINT": hub.endpoint,
        "HF_TOKEN": token,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


@pytest.fixture(scope="module")
def hub():
    with WritableHub() as server:
        yield server


@pytest.fixture(scope="module")
def client(hub, tmp_path_factory):
    """Asks one process to publish, again and again."""
    command = [sys.executable, "-c", DRIVER]
    home = tmp_path_factory.mktemp("hf")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(hub, home)
    ) as process:

        def ask(repo, folder, **options):
            process.stdin.write(json.dumps({"repo": repo, "folder": str(folder), **options}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@pytest.fixture
def repo(request):
    """A repository that no other test uses."""
    return "org/" + re.sub(r"\W+", "-", request.node.name)[:80].strip("-_")


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "set"
    (root / "data").mkdir(parents=True)
    (root / "README.md").write_text("# A set\n")
    for number in range(2):
        (root / "data" / f"train-{number:05}.parquet").write_bytes(b"PAR1" + bytes([number]) * 3000)
    return root


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def published(hub, repo):
    """The files of main, without the Hub's own."""
    known = hub.repos[repo]
    return {name: data for name, data in known.commits[known.names["main"]].items() if name != ".gitattributes"}


def test_a_new_dataset_is_one_commit_with_a_tag(hub, client, repo, folder):
    assert client(repo, folder, plan=True) is None
    assert repo not in hub.repos
    done = client(repo, folder, private=True)
    assert published(hub, repo) == files_of(folder)
    assert [sha for sha, _, _ in hub.repos[repo].history] == [done["commit"]]
    assert hub.repos[repo].names["v1.0.0"] == done["commit"]
    assert hub.repos[repo].private
    assert hub.unknown == []


def test_publishing_again_changes_nothing(hub, client, repo, folder):
    first = client(repo, folder)
    again = client(repo, folder)
    assert again == {"commit": first["commit"], "added": [], "deleted": []}
    assert len(hub.repos[repo].history) == 1


def test_the_next_version_sends_what_changed_and_removes_what_went(hub, client, repo, folder):
    first = client(repo, folder)
    (folder / "README.md").write_text("# A better set\n")
    (folder / "data" / "train-00001.parquet").unlink()
    assert client(repo, folder, plan=True) == [["README.md"], ["data/train-00001.parquet"], 1]
    done = client(repo, folder, tag="v1.1.0")
    assert (done["added"], done["deleted"]) == (["README.md"], ["data/train-00001.parquet"])
    assert published(hub, repo) == files_of(folder)
    assert hub.repos[repo].names["v1.0.0"] == first["commit"]
    assert hub.repos[repo].history[-1][1] == first["commit"]


def test_a_tag_is_never_moved_and_that_is_known_before_anything_is_sent(hub, client, repo, folder):
    client(repo, folder)
    before = len(hub.objects)
    (folder / "data" / "new.parquet").write_bytes(b"PAR1 new")
    said = client(repo, folder)
    assert said["error"] == "RunError"
    assert "already has a version v1.0.0 with other files; choose another --tag" in said["message"]
    assert len(hub.objects) == before
    assert len(hub.repos[repo].history) == 1


def retracting(*problems):
    """The content of an errata file."""
    common = {"action": "retract", "reason": "wrong", "date": "2026-11-29"}
    return {"data": {"source": "x", "revision": "y"}, "errata": [{"problem": name, **common} for name in problems]}


def test_a_version_without_the_errata_of_the_repository_is_refused_and_nothing_is_sent(hub, client, repo, folder):
    errata = folder / "errata.yaml"
    errata.write_text(json.dumps(retracting("a", "b")))
    client(repo, folder)
    errata.write_text(json.dumps(retracting("b")))
    for options in ({"plan": True}, {"tag": "v1.1.0"}):
        said = client(repo, folder, **options)
        assert said["error"] == "RunError"
        assert "this version lacks 1 of its errata, such as `retract` of problem 'a': pass those" in said["message"]
    errata.unlink()
    assert "lacks 2 of its errata" in client(repo, folder, tag="v1.1.0")["message"]
    assert len(hub.repos[repo].history) == 1


@pytest.mark.parametrize("applied", [retracting("a"), None])
def test_errata_that_the_data_have_or_that_the_user_replaced_leave_the_repository(client, repo, folder, applied):
    errata = folder / "errata.yaml"
    errata.write_text(json.dumps(retracting("a")))
    client(repo, folder)
    errata.write_text(json.dumps(retracting("a", "b")))
    assert client(repo, folder, tag="v1.1.0")["added"] == ["errata.yaml"], "with all that were there"
    errata.write_text(json.dumps(retracting("b")))
    assert client(repo, folder, tag="v1.2.0", applied=applied)["added"] == ["errata.yaml"]


@pytest.mark.parametrize("route", ["create", "commit", "tag", "lfs", "preupload", "batch"])
def test_a_busy_hub_is_asked_again(hub, client, repo, folder, route):
    (folder / "data" / "own.parquet").write_bytes(route.encode())
    hub.faults[route] = [503, 503] if route == "commit" else [503]
    done = client(repo, folder)
    assert "error" not in done, done
    assert hub.faults[route] == []
    assert published(hub, repo) == files_of(folder)
    assert len(hub.repos[repo].history) == 1


def test_a_commit_whose_answer_was_lost_is_not_made_twice(hub, client, repo, folder):
    hub.faults["commit"] = [-503]
    done = client(repo, folder)
    assert [sha for sha, _, _ in hub.repos[repo].history] == [done["commit"]]
    assert hub.repos[repo].names["v1.0.0"] == done["commit"]


def test_a_commit_that_holds_something_else_gets_no_tag(hub, client, repo, folder):
    hub.spoil = "README.md"
    said = client(repo, folder)
    hub.spoil = None
    assert said["error"] == "InfrastructureError"
    assert "does not hold the sent files" in said["message"]
    assert "v1.0.0" not in hub.repos[repo].names


def test_somebody_elses_commit_in_between_is_left_standing(hub, client, repo, folder):
    made = hub.create(repo)

    def other():
        made.commit({".gitattributes": b"", "notes.txt": b"mine"})

    hub.on_commit = other
    said = client(repo, folder)
    assert said["error"] == "RunError"
    assert "was changed by someone else" in said["message"]
    assert published(hub, repo) == {"notes.txt": b"mine"}


def test_a_hub_that_stays_down_is_no_mistake_of_the_users(hub, client, repo, folder):
    hub.faults["commit"] = [503] * 20
    said = client(repo, folder)
    hub.faults["commit"] = []
    assert said["error"] == "InfrastructureError"
    assert "503" in said["message"]
    assert hub.repos[repo].history == []


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (403, "role write in this organisation"),
        (403, "set HF_TOKEN to a token with write access"),
        (400, "the Hub answered 400"),
    ],
)
def test_a_refusal_is_one_line(hub, client, repo, folder, status, fault):
    hub.faults["commit"] = [status]
    said = client(repo, folder)
    assert fault in said["message"]
    assert "\n" not in said["message"]


def test_a_name_that_no_repository_can_have_is_the_users_mistake(client, folder):
    said = client("a/b/c", folder)
    assert said["error"] == "RunError"
    assert said["message"].startswith("a/b/c cannot be a repository of the Hub: ")


def publish(hub, home, source, repo, *options, **popen):
    command = [sys.executable, "-m", "tarot_bench", "publish", str(source), "--repo", repo, *options]
    return subprocess.Popen(
        command,
        env=environment(hub, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        **popen,
    )


READ_BACK = """
import sys
from tarot_bench.dataset import load_entries
from tarot_bench.publishing import verify
print(sorted(verify(sys.argv[2], load_entries(sys.argv[1]), sys.argv[3]).items()))
"""


@pytest.fixture
def run(tmp_path, entries, funnel):
    """A finished run of the factory, as far as publishing reads it."""
    made = RunDirectory.start(tmp_path / "run", "generate", {"name": "the-recipe"}, {}, resume=False)
    made.write_json(FUNNEL, {"stages": [stage.model_dump() for stage in funnel]})
    write_lines(made.path / ENTRIES, entries)
    return made


@pytest.mark.slow
def test_the_command_writes_a_runs_folder_and_says_what_it_would_send(hub, run, tmp_path):
    dry = publish(hub, tmp_path, run.path, "org/dry", "--dry-run")
    said, trouble = dry.communicate(timeout=120)
    assert dry.returncode == 0, trouble
    assert "--dry-run: would create the public dataset org/dry, send all files in one commit and tag it v1.0.0" in said
    assert "org/dry" not in hub.repos
    card = (run.path / "published" / "README.md").read_text()
    assert f"Made by tarot-bench {__version__} from `the-recipe` on {run.manifest.created[:10]}" in card
    assert f"of the settings `{run.manifest.digest}`" in card
    assert "| validate | 9 | 4 | gold-crashes 5 | gold-disagrees 1 |" in card


@pytest.mark.slow
def test_the_command_publishes_a_dataset_that_loads_from_the_hub(hub, tmp_path):
    real = publish(hub, tmp_path, "synthetic:3", "org/command", "--folder", "made")
    said, trouble = real.communicate(timeout=120)
    assert real.returncode == 0, trouble
    assert "files sent, 0 removed, 0 as they were; commit " in said
    assert published(hub, "org/command") == files_of(tmp_path / "made")
    command = [sys.executable, "-c", READ_BACK, "synthetic:3", "org/command", "v1.0.0"]
    read = subprocess.run(command, env=environment(hub, tmp_path), capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    assert "('default', 3)" in read.stdout
    assert hub.unknown == []


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_nothing_or_one_whole_commit_and_ends_the_same(hub, client, folder, tmp_path):
    rng = random.Random(11)
    for number in range(4):
        (folder / "data" / f"train-1{number:04}.parquet").write_bytes(rng.randbytes(2000))
    client("org/calm", folder, plan=True)  # the process has begun
    hub.delay_s = 0.1
    begun = time.monotonic()
    client("org/calm", folder)
    lasted = time.monotonic() - begun
    moments = []
    for attempt in range(6):
        repo = f"org/killed-{attempt}"
        hub.objects.clear()  # so that everything is uploaded again
        victim = subprocess.Popen(
            [sys.executable, "-c", DRIVER], stdin=subprocess.PIPE, env=environment(hub, tmp_path), text=True
        )
        victim.stdin.write(json.dumps({"repo": repo, "folder": str(folder)}) + "\n")
        victim.stdin.flush()
        while repo not in hub.repos:
            time.sleep(0.01)
        time.sleep(lasted * rng.random())
        victim.kill()
        victim.wait()
        victim.stdin.close()
        time.sleep(3 * hub.delay_s)  # what had left the victim arrives
        left = published(hub, repo)
        moments.append((bool(left), "v1.0.0" in hub.repos[repo].names))
        assert left in ({}, files_of(folder))
        assert len(hub.repos[repo].history) == bool(left)
        assert "error" not in client(repo, folder)
        assert published(hub, repo) == files_of(folder)
        assert len(hub.repos[repo].history) == 1
        assert hub.repos[repo].names["v1.0.0"] == hub.repos[repo].names["main"]
    hub.delay_s = 0
    assert (False, False) in moments, "no kill came before the commit"
