import ast
import json
import os
import random
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.mutation import mutants, mutate

BINARY_SEARCH = textwrap.dedent('''
    """Reads a sorted list and finds a number."""
    import sys
    from bisect import bisect_left

    def find(values: list[int], wanted: int = 0) -> int:
        """The place of a value, -1 if there is none."""
        low, high = 0, len(values) - 1
        while low <= high:
            middle = (low + high) // 2
            if values[middle] == wanted and not False:
                return middle
            if values[middle] < wanted:
                low = middle + 1
            else:
                high = middle - 1
        return -1

    def main():
        data = sys.stdin.read().split()
        print(find([int(x) for x in data[1:] if x], int(data[0])), end="\\n")

    if __name__ == "__main__":
        main()
''')
SIEVE = textwrap.dedent("""
    n = int(input())
    prime = [True] * (n + 1)
    total = 0
    for p in range(2, n + 1):
        if not prime[p]:
            continue
        total += p
        for q in range(p * p, n + 1, p):
            prime[q] = False
    print(f"{total:.2f}", max(total, 1), "YES" if total % 2 else "NO")
""")
CLASSES = textwrap.dedent("""
    from typing import List, Optional

    class Solution:
        LIMIT: int = 10

        def walk(self, grid: List[List[int]], start: Optional[int] = None, *rest, **more) -> int:
            best = -1
            try:
                for i, row in enumerate(grid):
                    for j in range(len(row)):
                        if any(cell & 1 for cell in row[j:]):
                            break
                        best = max(best, row[j] ** 2, *rest)
            except (IndexError, KeyError) as error:
                raise ValueError(f"bad {error!r}") from error
            match best:
                case 0 | 1:
                    return self.LIMIT
                case {"a": x}:
                    return x
            return best if best > 0 else (yield -best)
""")
PROGRAMS = [BINARY_SEARCH, SIEVE, CLASSES]
ALL_MUTANTS = {source: {mutant.source for mutant in mutants(source)} for source in PROGRAMS}


def tree(source):
    return ast.dump(ast.parse(source))


@pytest.mark.parametrize("source", PROGRAMS)
def test_every_mutant_parses_differs_and_is_unlike_the_others(source):
    found = list(mutants(source))
    assert len(found) > 20
    trees = [tree(mutant.source) for mutant in found]
    assert tree(source) not in trees
    assert len(set(trees)) == len(trees)


@pytest.mark.parametrize("source", PROGRAMS)
def test_the_order_of_mutants_is_fixed(source):
    assert list(mutants(source)) == list(mutants(source))


@pytest.mark.parametrize("source", PROGRAMS)
def test_making_mutants_leaves_all_but_one_place_alone(source):
    # A mutant is at most one statement away from its source, by lines of the normal form.
    normal = ast.unparse(ast.parse(source)).splitlines()
    for mutant in mutants(source):
        lines = mutant.source.splitlines()
        assert len(lines) == len(normal)
        assert sum(one != other for one, other in zip(lines, normal, strict=True)) == 1


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_mutant_names_the_line_of_its_fault(source):
    statements = {node.lineno for node in ast.walk(ast.parse(source)) if hasattr(node, "lineno")}
    assert {mutant.line for mutant in mutants(source)} <= statements
    deleted = [mutant for mutant in mutants("a = 1\n\nb = a\nprint(b)\n") if mutant.operator == "deletion"]
    assert [mutant.line for mutant in deleted] == [1, 3, 4]


def test_imports_annotations_docstrings_and_the_main_guard_stay():
    for mutant in mutants(BINARY_SEARCH):
        assert "import sys" in mutant.source
        assert "values: list[int], wanted: int=" in mutant.source
        assert "The place of a value, -1 if there is none." in mutant.source
        assert "if __name__ == '__main__':" in mutant.source


@given(st.integers(0, 2**64), st.sampled_from(PROGRAMS))
def test_a_drawn_mutant_is_one_of_all_and_depends_on_the_seed_only(seed, source):
    mutant = mutate(source, random.Random(seed))
    assert mutant == mutate(source, random.Random(seed))
    assert mutant.source in ALL_MUTANTS[source]


def test_a_rare_operator_is_drawn_as_often_as_a_common_one():
    source = "for i in xs:\n    x = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8\n    break\n"
    drawn = [mutate(source, random.Random(seed)).operator for seed in range(200)]
    assert set(drawn) == {"loop_exit", "arithmetic", "constant", "deletion"}
    assert min(map(drawn.count, set(drawn))) > 25


@pytest.mark.parametrize("source", ["", "import os\n", '"""Only a docstring."""\n', "pass\n"])
def test_a_program_with_no_place_to_mutate_has_no_mutants(source):
    assert list(mutants(source)) == []
    assert mutate(source, random.Random(0)) is None


def test_a_program_that_does_not_parse_is_an_error():
    with pytest.raises(SyntaxError):
        list(mutants("print 'python 2'"))
    with pytest.raises(SyntaxError):
        mutate("def (", random.Random(0))


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "0", "1", "True", "'text'", "''", "xs[i]", "xs[1:n]", "-a", "min(a, b)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%", "<", "==", "and", "or", "in"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda e: f"not ({e})"),
        inner.map(lambda e: f'f"{{a}}{{{e}}}"'.replace("'", "")),
        st.tuples(inner, inner).map(lambda pair: f"f({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"[{pair[0]} for x in xs if {pair[1]}]"),
    ),
    max_leaves=6,
)
STATEMENTS = st.one_of(
    EXPRESSIONS.map(lambda e: f"y = {e}"),
    EXPRESSIONS.map(lambda e: f"y += {e}"),
    EXPRESSIONS.map(lambda e: f"print({e})"),
    EXPRESSIONS.map(lambda e: f"if {e}:\n    print(1)\nelse:\n    y = 2"),
    EXPRESSIONS.map(lambda e: f"while {e}:\n    break"),
    EXPRESSIONS.map(lambda e: f"def g(x):\n    return {e}"),
)


def parses(source):
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@given(st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join).filter(parses))
def test_mutants_of_any_program_parse_and_differ(source):
    for mutant in mutants(source):
        assert tree(mutant.source) != tree(source)


def shared_golds():
    home = os.environ.get("TAROT_SHARED_DATA") or Path(__file__).parents[2].parent / "shared" / "data"
    path = Path(home) / "tarot_rows.jsonl"
    if not path.exists():
        pytest.skip(f"no real data at {path}")
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["gold_standard_solution"].removeprefix("```python\n").removesuffix("```")


def test_real_golds_have_many_mutants():
    for gold in shared_golds():
        drawn = [mutate(gold, random.Random(seed)) for seed in range(20)]
        assert all(tree(mutant.source) != tree(gold) for mutant in drawn)
        assert len({mutant.source for mutant in drawn}) > 5
