"""The attack corpus against this machine's sandboxes: no attack is rewarded, and nobody else notices it."""

import os

import pytest

from tests.sandbox.attacks.client import arenas
from tests.sandbox.attacks.corpus import KINDS, LEVELS, ROUTES, corpus, paths, read

WAYS = [("root", "full"), ("user", "full"), ("user", "landlock"), ("user", "landlock5")][os.geteuid() != 0 :]
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


def test_there_are_programs_of_every_kind_for_every_route_and_level():
    assert len(corpus()) >= 150
    assert {attack.kind for attack in corpus().values()} == set(KINDS)
    assert {route for attack in corpus().values() for route in attack.routes} == set(ROUTES)
    assert {level for attack in corpus().values() for level in attack.levels} == set(LEVELS)
    assert {name.partition("/")[0] for name in QUICK} == set(KINDS)
    assert set(QUICK) <= set(corpus())


@pytest.mark.parametrize("name", corpus())
def test_every_program_says_what_it_is(name):
    attack = corpus()[name]
    assert len(attack.wants) > 10
    assert attack.routes
    assert attack.levels
    assert attack.allows <= {"PASSED", "UNGRADED"}


def test_no_two_programs_are_the_same():
    bodies = [path.read_text().partition("\n# routes")[2] for path in paths()]
    sources = [attack.source.partition("\n")[2] for attack in corpus().values() if attack.kind != "crash"]
    assert len(set(sources)) == len(sources)
    assert len(bodies) == len(corpus())


@pytest.mark.parametrize(
    "text",
    [
        "print(1)\n",
        "# wants: x\n",
        "# wants: x\n# routes: stdin sideways\n",
        "# wants: x\n# routes: call\n# level: x\n",
    ],
)
def test_a_header_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "x.py"
    path.write_text(text)
    if "level:" in text:  # not a header's line any more, hence the program's
        assert read(path).levels == LEVELS
    else:
        with pytest.raises(ValueError, match=r"x\.py"):
            read(path)


@pytest.fixture(scope="module")
def opened():
    with arenas() as found:
        yield found


@pytest.mark.parametrize(("who", "level"), WAYS)
@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in corpus()])
def test_an_attack_is_contained(opened, who, level, name):
    client = opened.get((who, level))
    if client is None:
        pytest.skip("no Python of this version that an ordinary user can read")
    attack = corpus()[name]
    if not client.takes(attack):
        pytest.skip(f"not meant for {who} at {level}")
    bouts = []
    for route in attack.routes:
        bouts.append(client.fight(name, route))
        if any(why.startswith("hung") for why in bouts[-1]["why"]):
            break  # one such wait is as long as a test may take
    assert {said["route"]: said["why"] for said in bouts if said["why"]} == {}, bouts


@pytest.mark.parametrize(("who", "level"), WAYS)
@pytest.mark.parametrize("name", ["process/outlive_parent", "process/adopt_orphans"])
def test_an_attack_dies_with_a_harness_that_is_killed(opened, who, level, name):
    client = opened.get((who, level))
    if client is None or level not in corpus()[name].levels:
        pytest.skip(f"not meant for {who} at {level}")
    assert client.kill_during(name, "stdin", after_s=1.5) == {}


@pytest.mark.parametrize(("who", "level"), WAYS)
def test_closing_the_sandbox_leaves_nothing(opened, who, level):
    if (who, level) not in opened:
        pytest.skip("no Python of this version that an ordinary user can read")
    assert opened[who, level].close() == {}
