"""Outputs of golds are compared as values, however a source writes them."""

import pytest

from tarot_bench.generation.gold import same
from tarot_bench.problem import TestCase, Tier

CALL = TestCase(tier=Tier.BASIC, kind="call", input="[1]", output="1")


@pytest.mark.parametrize(
    ("declared", "returned", "equal"),
    [
        ("True", "true", True),
        ("(1, 2)", '{"!": ["tuple", [1, 2]]}', True),
        ("{1, 2}", '{"!": ["set", [2, 1]]}', True),
        ("None", "null", True),
        ("True", "false", False),
        ("f()", "1", False),
        ("1", "", False),
    ],
)
def test_a_declared_python_literal_is_the_value_that_it_stands_for(declared, returned, equal):
    assert same(CALL, declared, returned) is equal
