"""What the tests of the attack corpus do, for each way of grading: who runs the harness, and at which level."""

import pytest

from tests.sandbox.attacks.corpus import corpus

QUICK = (
    "memory/run_sources_in_maps",
    "memory/own_mem_file",
    "memory/every_descriptor",
    "verdict/always_equal",
    "verdict/stop_iteration",
    "verdict/frames_on_every_descriptor",
    "verdict/raw_result_and_leave",
    "value/digits",
    "value/beyond_float",
    "value/raw_complex",
    "checker/score_line",
    "checker/numbers_that_are_none",
    "resource/flood_output",
    "resource/disk",
    "quota/keys",
    "quota/large_pipes",
    "process/signal_by_socket",
    "process/kill_group",
    "process/renice_user",
    "time/at_the_end",
    "persist/files",
    "persist/times_of_program",
    "reach/files_of_the_host",
    "kernel/namespaces",
    "crash/escape_sequences",
    "crash/null_bytes",
)
"""At least one of each kind; the others are slow, if only because they are many."""


EVERY = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in corpus()]
"""The names of all programs."""


def client_of(opened, who, level):
    """The harness of one way; skips where there is none."""
    if (who, level) not in opened:
        pytest.skip("no Python of this version that an ordinary user can read")
    return opened[who, level]


def contained(opened, who, level, name):
    """Grade an attack on every route that it is meant for."""
    client = client_of(opened, who, level)
    attack = corpus()[name]
    if not client.takes(attack):
        pytest.skip(f"not meant for {who} at {level}")
    bouts = []
    for route in attack.routes:
        bouts.append(client.fight(name, route))
        if any(why.startswith("hung") for why in bouts[-1]["why"]):
            break  # one such wait is as long as a test may take
    assert {said["route"]: said["why"] for said in bouts if said["why"]} == {}, bouts


def dies_with_its_harness(opened, who, level, name):
    """Kill the harness during an attack."""
    client = client_of(opened, who, level)
    if level not in corpus()[name].levels:
        pytest.skip(f"not meant for {who} at {level}")
    assert client.kill_during(name, "stdin", after_s=1.5) == {}
