"""The mistakes that models make: wrong outputs, buggy validators and generator programs, prose around JSON."""

import json
import re
from collections.abc import Callable, Mapping
from random import Random

_SEEDED = re.compile(r"^rng = random\.Random\(.*\)$", re.MULTILINE)


def wrong_output(output: str, rng: Random) -> str:
    """A plausible wrong prediction: a number is off by one, a line is missing, or there is one more; or no value."""
    numbers = list(re.finditer(r"\d+", output))
    kind = rng.randrange(3)
    if numbers and kind:
        hit = rng.choice(numbers)
        return output[: hit.start()] + str(int(hit.group()) + 1) + output[hit.end() :]
    if _is_returned(output):
        return "null\n"
    lines = output.splitlines(keepends=True)
    return "".join(lines[:-1]) if len(lines) > 1 else output + "0\n"


def _is_returned(output: str) -> bool:
    """Whether an output is a value that a function returns, and no text of a program."""
    try:
        return isinstance(json.loads(output), list | dict | str | bool)
    except ValueError:
        return False


def _too_strict(program: str) -> str:
    """Confuses a length that it has seen with one that is demanded."""
    return (
        f"import io, sys\n_text = sys.stdin.read()\nassert len(_text) <= 60\nsys.stdin = io.StringIO(_text)\n{program}"
    )


VALIDATORS: Mapping[str, Callable[[str], str]] = {
    "too strict": _too_strict,
    "accepts all": lambda _: (
        "import sys\n\ntry:\n    sys.stdin.read()\nexcept Exception:\n    sys.exit(1)\nsys.exit(0)\n"
    ),
    "hangs": lambda program: f"import sys\n\nwhile not sys.stdin.closed:\n    pass\n{program}",
    "crashes": lambda program: f"import sys\n\nlimits = constraints_of(sys.stdin)\n{program}",
}
"""What becomes of a right validator, by the kind of bug."""


GENERATORS: Mapping[str, Callable[[str], str]] = {
    "crashes": lambda program: f"{program}\nprint(rng.sample(range(3), 4))\n",
    "invalid": lambda program: f"{program}\nprint(-1, 10**30, 'x')\n",
    "endless": lambda program: f"{program}\nwhile rng.random() < 2:\n    pass\n",
    "not deterministic": lambda program: _SEEDED.sub("rng = random.Random()", program),
}
"""What becomes of a right generator program, by the kind of bug."""


def with_prose(answer: str, rng: Random) -> str:
    """Words and a fence around the JSON; the words may hold braces, too."""
    before = rng.choice(("Here is the test suite.", "The set {1, 2} needs care, so:", "Let me think {step by step}.\n"))
    return f"{before}\n\n```json\n{answer}\n```\nEach input obeys the constraints."
