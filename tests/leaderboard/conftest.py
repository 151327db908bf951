"""A leaderboard with real submissions, for the tests of its folder and its site."""

import shutil

import pytest

import tarot_bench as tb
from tarot_bench.api.leaderboard import submit
from tarot_bench.api.verifying import verify
from tarot_bench.leaderboard.attestation import write_attestation
from tarot_bench.leaderboard.keys import generate_key, read_signer
from tests.leaderboard.tampering import Edited


@pytest.fixture(scope="package")
def board(tmp_path_factory):
    """Two verified runs, one that nobody verified, and a tampered one that was refused."""
    folder = tmp_path_factory.mktemp("board")
    for model in ("gold", "mutant:1.0", "mutant:0.5"):
        tb.evaluate(model, folder / f"runs/{model[:8]}", limit=3)
    made = {run.name: submit(run, folder / "submissions") for run in (folder / "runs").iterdir()}
    edited = Edited(made["mutant:0"], folder / "edited")
    edited.lines("completions", lambda lines: lines.pop())
    made["tampered"] = folder / "submissions/tampered.zip"
    shutil.copy(edited.sealed(), made["tampered"])
    generate_key(folder / "keys/one")
    for name in ("gold", "mutant:1", "tampered"):
        found = verify(made[name])
        write_attestation(found, read_signer(folder / "keys/one"), folder / f"attestations/{name}.json")
    return folder
