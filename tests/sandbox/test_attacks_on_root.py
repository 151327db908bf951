"""The attack corpus against root's sandbox, in a file of its own so that two test processes can share the work."""

import os

import pytest

from tests.sandbox.attacks import ways
from tests.sandbox.attacks.client import arenas

WAYS = [("root", "full")]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a sandbox of root's")


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
@pytest.mark.slow
def test_an_attack_dies_with_a_harness_that_is_killed(opened, who, level, name):
    ways.dies_with_its_harness(opened, who, level, name)


@pytest.mark.parametrize(("who", "level"), WAYS)
def test_closing_the_sandbox_leaves_nothing(opened, who, level):
    assert ways.client_of(opened, who, level).close() == {}
