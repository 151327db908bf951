import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.dataset import load_problems
from tarot_bench.generation.validate.illegal import damages, near_misses, ranges_in
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox.values import decode
from tests.generation.making import entry_of


@pytest.mark.parametrize(
    ("statement", "bounds"),
    [
        ("The first line has n (1 <= n <= 2 * 10^5).", (1, 200_000)),
        ("(1 ≤ n ≤ 10^{9}), 0 ≤ k < 5", (0, 10**9)),
        (r"$1 \le n \leq 2 \cdot 10^5$", (1, 200_000)),
        ("1 <= n <= 200,000", (1, 200_000)),
        ("numbers from -1000 to 1000", (-1000, 1000)),
        ("between 3 and 10**18", (3, 10**18)),
        ("-10^9 ≤ a_i ≤ 10^9", (-(10**9), 10**9)),
        ("1 ≤ n, m ≤ 100", (1, 100)),
        ("1 <= n <= 10^999999999", (1, 1)),
        ("if a < b then print 1", None),
    ],
)
def test_the_hull_of_all_ranges_of_a_statement_is_read(statement, bounds):
    assert ranges_in(statement) == bounds


@given(st.text())
def test_any_statement_can_be_searched_for_ranges(statement):
    bounds = ranges_in(statement)
    assert bounds is None or bounds[0] <= bounds[1]


def misses_of(entry, most=40):
    return near_misses(entry.problem, [test.input for test in entry.problem.all_tests], most)


def test_near_misses_break_counts_widths_ranges_and_types_one_at_a_time():
    made = misses_of(entry_of(), most=200)
    for broken in (
        "3\n1 2\n",
        "1\n1 2\n",
        "2\n1 2 2\n",
        "2\n1\n",
        "2\n1 1001\n",
        "2\n1 -1001\n",
        "2\n1 2.5\n",
        "2\n1\n",
    ):
        assert broken in made
    assert made == misses_of(entry_of(), most=200), "the same inputs give the same ones"
    assert not {test.input for test in entry_of().problem.all_tests} & set(made)


def test_repetitions_are_near_misses_only_where_the_statement_asks_for_distinct_values():
    assert "2\n1 1\n" not in misses_of(entry_of(), most=200)
    assert "2\n1 1\n" in misses_of(entry_of(statement="Read n and n distinct numbers."), most=200)


def test_a_first_number_that_counts_nothing_is_not_changed_by_one():
    problem = Problem(
        id="p",
        statement="Print n + 1.",
        original_tests=tuple(TestCase(tier=None, input=f"{n}\n", output="1") for n in (7, 12)),
    )
    made = near_misses(problem, ["7\n", "12\n"], 100)
    assert not {"8\n", "6\n", "13\n", "11\n"} & set(made)
    assert {"7.5\n", "x7\n", "7 7\n"} <= set(made)


def test_near_misses_of_calls_are_lists_of_arguments_that_differ():
    call = TestCase(tier=Tier.BASIC, kind="call", input='[[3, 1], 2, "a"]', output="1")
    problem = Problem(id="f", statement="1 <= k <= 9", style="function", entry_point="f", tests=(call,))
    made = near_misses(problem, [call.input], 40)
    values = [decode(text) for text in made]
    assert [[3, 1], 10, "a"] in values
    assert [[3, 1], 2] in values
    assert [[3, 1], "2", "a"] in values
    assert [[3, 1], 2, "a"] not in values


def test_every_embedded_problem_has_thirty_near_misses():
    counts = {
        problem.id: len(near_misses(problem, [test.input for test in problem.all_tests if test.kind != "suite"], 40))
        for problem in load_problems()
        if any(test.kind != "suite" for test in problem.all_tests)
    }
    assert len(counts) > 30
    assert {id_: count for id_, count in counts.items() if count < 30} == {}


def test_damage_is_the_same_for_the_same_inputs_and_hits_each_of_them():
    made = list(damages(["2\n7 8\n", "ab\n"]))
    assert made == list(damages(["2\n7 8\n", "ab\n"]))
    assert "" in made
    assert not {"2\n7 8\n", "ab\n"} & set(made)
    assert "" not in list(damages(["", "1\n"]))
