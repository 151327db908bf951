"""The shipped workflows keep the key from strangers, and their steps do what they say when bash runs them."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tarot_bench import __version__
from tests.test_architecture import ROOT

TEMPLATES = ROOT / "eval/leaderboard"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(TEMPLATES.glob("*.yaml"))}
STEPS = [
    (f"{name}/{job}", content, step)
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
    for step in content["steps"]
]
WRITES = {
    ("publish", "commit"): {"contents": "write"},
    ("publish", "deploy"): {"pages": "write", "id-token": "write"},
}
"""The permissions of the jobs that have more than reading."""


def test_a_pull_request_is_checked_without_secrets_and_without_the_right_to_write():
    check = WORKFLOWS["check"]
    assert list(check[True]) == ["pull_request"]  # YAML 1.1 reads `on` as true
    assert check["permissions"] == {"contents": "read"}
    assert all("permissions" not in job and "environment" not in job for job in check["jobs"].values())
    assert "secrets" not in (TEMPLATES / "check.yaml").read_text().partition("name: ")[2]


def test_every_job_has_the_fewest_permissions_and_the_key_is_in_one_that_cannot_write():
    publish = WORKFLOWS["publish"]
    assert publish["permissions"] == {}
    for name, job in publish["jobs"].items():
        assert job["permissions"] == WRITES.get(("publish", name), {"contents": "read"}), name
        assert ("secrets." in json.dumps(job)) == (name == "attest"), name
    assert publish["jobs"]["attest"]["environment"] == "leaderboard"
    told = [step for step in publish["jobs"]["attest"]["steps"] if "secrets." in json.dumps(step)]
    assert [step["env"] for step in told] == [{"LEADERBOARD_KEY": "${{ secrets.LEADERBOARD_KEY }}"}]


def test_no_job_that_can_write_runs_a_bundle_or_installs_anything():
    for workflow, job in WRITES:
        scripts = [step.get("run", "") for step in WORKFLOWS[workflow]["jobs"][job]["steps"]]
        assert not re.search("tarot-bench|pip ", "".join(scripts)), job


@pytest.mark.parametrize(("job", "content", "step"), STEPS, ids=[f"{job}-{i}" for i, (job, _, _) in enumerate(STEPS)])
def test_a_step_uses_a_pinned_action_or_a_script_without_expressions(job, content, step):
    assert content["timeout-minutes"] <= 300
    assert ("uses" in step) != ("run" in step)
    if "uses" in step:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
        keeps = step.get("with", {}).get("persist-credentials", True)
        assert "checkout" not in step["uses"] or keeps == (content.get("permissions") == {"contents": "write"})
    else:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"  # with pipefail


def test_both_workflows_install_this_version():
    wanted = {f"tarot-bench[leaderboard]=={__version__}"}
    assert {workflow["env"]["TAROT_BENCH"] for workflow in WORKFLOWS.values()} == wanted


def test_the_space_is_static_and_its_commands_name_verbs_that_exist():
    header = yaml.safe_load((TEMPLATES / "space/README.md").read_text().split("---\n")[1])
    assert (header["sdk"], header["app_file"]) == ("static", "index.html")
    assert len(header["short_description"]) <= 60  # the Hub refuses more


class Runner:
    """A checkout in which the run-steps of a job are run as GitHub runs them; only ``pip`` is replaced."""

    def __init__(self, folder):
        self.board, self.temp = folder / "board", folder / "temp"
        for made in (self.board, self.temp, folder / "bin"):
            made.mkdir()
        scripts = {"pip": 'echo "pip $@"', "tarot-bench": f'exec "{sys.executable}" -m tarot_bench "$@"'}
        for name, line in scripts.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\n{line}\n")
            (folder / "bin" / name).chmod(0o755)
        git = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.environment = {
            **os.environ,
            **git,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(self.temp),
        }
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=self.board, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)

    def merged(self, change):
        """Make the merge of a pull request as `actions/checkout` finds it."""
        self.git("checkout", "--quiet", "-B", "theirs", "main")
        change(self.board)
        self.commit("theirs")
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", "merge", "theirs")

    def run(self, workflow, job, **secrets):
        said = ""
        for step in WORKFLOWS[workflow]["jobs"][job]["steps"]:
            if "run" in step:
                told = {key: str(value) for key, value in WORKFLOWS[workflow]["env"].items()}
                given = {key: secrets[key] for key in step.get("env", {})}
                command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
                known = self.environment | told | given
                done = subprocess.run(command, cwd=self.board, env=known, capture_output=True, text=True)
                said += done.stdout + done.stderr
                if done.returncode:
                    return done.returncode, said
        return 0, said


@pytest.fixture
def runner(board, tmp_path):
    """A leaderboard with one accepted submission."""
    made = Runner(tmp_path)
    for name in ("keys/one.pub", "attestations/gold.json", "submissions/gold.zip"):
        target = made.board / name
        target.parent.mkdir()
        source = next((board / "submissions").glob("gold-*.zip")) if name.endswith("zip") else board / name
        shutil.copy(source, target)
    made.commit("base")
    return made


@pytest.mark.slow
def test_added_bundles_are_verified_whatever_their_names_are(runner, board):
    def change(theirs):
        (honest,) = (board / "submissions").glob("mutant-1-0*.zip")
        shutil.copy(honest, theirs / "submissions/it's $(touch pwned) `touch pwned`\n::error::x;.zip")

    runner.merged(change)
    code, said = runner.run("check", "check")
    assert code == 0, said
    assert said.count("verified: mutant:1.0") == 1
    assert not list(runner.board.glob("**/pwned"))
    assert said.index("::stop-commands::") < said.index("::error::x")


def test_a_tampered_bundle_fails_the_check(runner, board):
    runner.merged(lambda theirs: shutil.copy(board / "submissions/tampered.zip", theirs / "submissions/new.zip"))
    code, said = runner.run("check", "check")
    assert code == 1
    assert "refused: mutant:0.5, submissions/new.zip" in said


@pytest.mark.parametrize("other", ["keys/mine.pub", "submissions/gold.zip", "submissions/deep/new.zip"])
def test_a_submission_that_changes_anything_else_fails_before_anything_is_verified(runner, other):
    def change(theirs):
        for name in ("submissions/new.zip", other):
            (theirs / name).parent.mkdir(exist_ok=True)
            (theirs / name).write_bytes(b"PK")

    runner.merged(change)
    code, said = runner.run("check", "check")
    assert (code, said) == (1, "A submission adds submissions/*.zip, and changes no other file.\n")


@pytest.mark.slow
def test_what_was_merged_is_signed_committed_and_on_the_site(runner, board, tmp_path):
    shutil.copy(board / "submissions/tampered.zip", runner.board / "submissions/new.zip")
    runner.commit("merged")
    code, said = runner.run("publish", "attest", LEADERBOARD_KEY=(board / "keys/one").read_text())
    assert code == 0, said
    assert "missing-sample: " in said
    assert "gold" not in said  # it has its attestation
    assert not list(runner.temp.iterdir()), "the key is left"
    code, said = runner.run("publish", "site")
    assert code == 0, said
    assert (runner.temp / "site/index.html").is_file()
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "origin")], check=True)
    runner.git("remote", "add", "origin", str(tmp_path / "origin"))
    code, said = runner.run("publish", "commit")
    assert code == 0, said
    assert (
        runner.git("show", "--name-only", "--format=%s", "origin/main")
        == "Attest submissions\n\nattestations/new.json\n"
    )
    before = runner.git("rev-parse", "HEAD")
    assert runner.run("publish", "commit") == (0, "")  # nothing new, no commit
    assert runner.git("rev-parse", "HEAD") == before
