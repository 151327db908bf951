"""One problem for each way of being graded; its answers follow from a key that only its solution holds.

The answer to a token is a digest of key and token, and to a token that begins with ``number`` a number in [0, 1). A program that was not given the key passes a test only if it
found the key, the solution or the expected output, or if it was called right without being so.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass

from tarot_bench.problem import Checker, Limits, Problem, TestCase, Tier

_STDIN = """{filler}
import hashlib, os, sys
KEY = {key!r}
out, into = os.pipe()
os.write(into, bytes(40_000))  # waits for ever where pipes have become short
for line in sys.stdin:
    print(hashlib.sha256((KEY + line.strip()).encode()).hexdigest()[:24])
"""
_FUNCTION = """{filler}
import hashlib
KEY = {key!r}
def solve(token):
    digest = hashlib.sha256((KEY + token).encode()).hexdigest()[:24]
    return int(digest, 16) / 16**24 if token.startswith("number") else digest
"""
_CHECKER = """import json, re, sys
asked = json.load(sys.stdin)
expected, got = asked["expected"].split(), asked["output"].split()
rest = list(expected)
for word in got:  # each word once, in any order
    if word in rest:
        rest.remove(word)
score = sum(re.fullmatch("([0-9a-f]+)+", b) is not None and a == b for a, b in zip(expected, got))
print(f"{score} of {len(expected)} words, score {score / len(expected)}")
sys.exit(0 if expected == got else 1)
"""
_LITERALS = (
    "def check(candidate):\n    assert candidate({token!r}) == {answer!r}\n",
    "def check(candidate):\n    assert abs(candidate({token!r}) - {answer!r}) < 1e-9\n",
)
_SUITES = (
    "def check(candidate):\n    for token, answer in {pairs!r}:\n        assert candidate(token) == answer, token\n",
    "def check(candidate):\n    want = dict({pairs!r})\n"
    "    assert all(map(lambda token: candidate(token) == want[token], want))\n",
    "def check(candidate):\n    want = dict({pairs!r})\n"
    "    assert sum(1 for _ in filter(lambda token: want[token] != candidate(token), want)) == 0\n"
    "    assert not [token for token in want if candidate(token) != want[token]]\n",
)
_KINDS = ("token", "number")


@dataclass(frozen=True)
class Task:
    """A problem, and what nobody but its owner may know.

    Attributes:
        problem: with its solution; the program under attack sees the input of one test at a time.
        secrets: the key and every expected output.
        tokens: for each test, the inputs that only this test may know.
    """

    problem: Problem
    secrets: tuple[str, ...]
    tokens: tuple[tuple[str, ...], ...]


def make(route: str, limits: Limits) -> Task:
    """A problem with a fresh key."""
    key = f"key-{secrets.token_hex(16)}"
    words = {"suite": ("token", "token", "token"), "call": _KINDS, "literal": _KINDS}.get(route, ("token", "token"))
    tokens = [tuple(f"{word}-{secrets.token_hex(8)}" for _ in range(2)) for word in words]
    tests = tuple(_test(route, key, number, mine) for number, mine in enumerate(tokens))
    function = route in ("call", "literal", "suite")
    problem = Problem(
        id=f"attacked-{route}-{key[4:12]}",
        statement="Find the digest.",
        solution=(_FUNCTION if function else _STDIN).format(key=key, filler=_filler()),
        style="function" if function else "stdin",
        entry_point="solve" if function else None,
        tests=tests,
        limits=limits,
        checker=_checker(route),
    )
    answers = tuple(str(answer_to(key, token)) for mine in tokens for token in mine)
    return Task(problem, (key, *answers), tuple(tokens))


def _filler() -> str:
    """Comments, as long as real solutions are: where a text lies in memory, and how long, depends on its size."""
    return "\n".join(f"# step {number}: {secrets.token_hex(24)}" for number in range(5 + secrets.randbelow(100)))


def _checker(route: str) -> Checker:
    if route == "checker":
        return Checker(kind="program", program=_CHECKER)
    return Checker(kind="float") if route == "call" else Checker()


def answer_to(key: str, token: str) -> str | float:
    """What a solution with this key says to a token."""
    digest = hashlib.sha256((key + token).encode()).hexdigest()[:24]
    return int(digest, 16) / 16**24 if token.startswith("number") else digest


def _test(route: str, key: str, number: int, tokens: tuple[str, ...]) -> TestCase:
    tier = tuple(Tier)[number]
    pairs = [(token, answer_to(key, token)) for token in tokens]
    token, answer = pairs[0]
    if route == "call":
        return TestCase(tier=tier, kind="call", input=json.dumps([token]), output=json.dumps(answer))
    if route == "literal":
        return TestCase(tier=tier, kind="suite", input=_LITERALS[number].format(token=token, answer=answer))
    if route == "suite":
        return TestCase(tier=tier, kind="suite", input=_SUITES[number].format(pairs=pairs))
    lines = "".join(f"{answer}\n" for _, answer in pairs)
    return TestCase(tier=tier, input="".join(f"{token}\n" for token in tokens), output=lines)
