"""The prompts whose exact text is under test. ``python -m tests.generation.author.goldens`` writes them anew."""

from pathlib import Path

from tarot_bench.dataset.entry import Entry, Materials
from tarot_bench.generation.author.asked import asked_of
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.author.suite import schema
from tarot_bench.problem import TIERS, Problem, TestCase, Tier

FOLDER = Path(__file__).with_name("goldens")
EVERYTHING = AuthorSettings(literal=2, generators=2, validators=3, illegal=30, brute_force=True)
STDIN = Problem(
    id="gaps",
    statement=(
        "Solve the following coding problem using the programming language python:\n\n"
        "The first line holds n (2 <= n <= 200000), the second n distinct integers between 1 and 10^9.\n"
        "Print the smallest difference of two of them.\n\n"
        "The input will be stdin and you should print your solution to stdout\n\n\n"
        "Now solve the problem and return the code."
    ),
    solution="input()\nxs = sorted(map(int, input().split()))\nprint(min(b - a for a, b in zip(xs, xs[1:])))\n",
    original_tests=(TestCase(tier=None, input="3\n1 7 4\n", output="3\n"),),
)
FUNCTION = Problem(
    id="merge",
    statement="Merge two sorted tuples of integers, each of at most 100000 items, into one sorted tuple.",
    solution="def merge(a, b):\n    return tuple(sorted(a + b))\n",
    style="function",
    entry_point="merge",
    starter_code="def merge(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:\n",
    original_tests=(
        TestCase(
            tier=None, input='[{"!":["tuple",[1]]},{"!":["tuple",[0]]}]', output='{"!":["tuple",[0,1]]}', kind="call"
        ),
    ),
)
CHOICE = STDIN.model_copy(
    update={"id": "pair", "statement": "Print any two of the numbers whose difference is smallest, in any order."}
)
FAILED = FailedTest(Tier.EDGE, "2\n1 1\n", "0\n", "0\n", "invalid-input: the validator refuses this input")
REFUSED = FailedTest(None, "", "", "", "validator-accepts-illegal: 12 of 30 illegal inputs are accepted")
WRITTEN = Materials(validators=("pass",), illegal=tuple(map(str, range(30))), brute_force="pass")


def prompts() -> dict[str, str]:
    """Each golden's name with its text."""
    repaired = Entry(problem=STDIN, validator="pass", materials=WRITTEN)
    cases = {
        "stdin": (Wanted(Entry(problem=STDIN), TIERS), EVERYTHING, False),
        "function": (Wanted(Entry(problem=FUNCTION), TIERS), EVERYTHING, False),
        "repair": (Wanted(repaired, (Tier.EDGE,), 1, (FAILED,)), EVERYTHING, False),
        "validator_only": (Wanted(Entry(problem=STDIN, materials=WRITTEN), (), 1, (REFUSED,)), EVERYTHING, False),
        "checker": (Wanted(Entry(problem=CHOICE), TIERS), EVERYTHING.model_copy(update={"checkers": 2}), False),
        "unstructured": (Wanted(Entry(problem=STDIN), TIERS), AuthorSettings(), True),
    }
    solving = {f"solve_{each.style}": Prompts(solving=True).solving(each) + "\n" for each in (STDIN, FUNCTION)}
    return {name: _text(*case) for name, case in cases.items()} | solving


def _text(wanted: Wanted, section: AuthorSettings, shows_schema: bool) -> str:
    asked = asked_of(wanted, section)
    prompt = Prompts().render(wanted, asked, schema(asked) if shows_schema else None)
    return f"{prompt.system}\n=====\n{prompt.user}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in prompts().items():
        (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
