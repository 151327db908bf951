"""The attack corpus against an ordinary user's sandboxes: no attack is rewarded, and no other job notices it."""

import pytest

from tests.sandbox.attacks import ways
from tests.sandbox.attacks.client import arenas
from tests.sandbox.attacks.corpus import KINDS, LEVELS, ROUTES, corpus, paths, read
from tests.sandbox.attacks.ways import QUICK

WAYS = [("user", "full"), ("user", "landlock"), ("user", "landlock5")]


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
    with arenas(WAYS) as found:
        yield found


@pytest.mark.parametrize(("who", "level"), WAYS)
@pytest.mark.parametrize("name", ways.EVERY)
def test_an_attack_is_contained(opened, who, level, name):
    ways.contained(opened, who, level, name)


@pytest.mark.parametrize(("who", "level"), WAYS)
@pytest.mark.parametrize("name", ["process/outlive_parent", "process/adopt_orphans"])
def test_an_attack_dies_with_a_harness_that_is_killed(opened, who, level, name):
    ways.dies_with_its_harness(opened, who, level, name)


@pytest.mark.parametrize(("who", "level"), WAYS)
def test_closing_the_sandbox_leaves_nothing(opened, who, level):
    assert ways.client_of(opened, who, level).close() == {}
