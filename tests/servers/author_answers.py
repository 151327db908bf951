"""Answers for an author's prompts, looked up in entries that have all tiers already, as those of ``synthetic:N`` do."""

import json
import re
from collections.abc import Callable, Iterable

from tarot_bench.dataset.entry import Entry

_STATEMENT = re.compile(r"<problem>\n(.*?)\n</problem>", re.DOTALL)
_TIER = re.compile(r"^- `(\w+)`:", re.MULTILINE)


def suites_of(entries: Iterable[Entry]) -> Callable[[str], str]:
    """A model that knows these problems: it writes each asked tier's own test, and the entry's validator."""
    known = {entry.problem.statement.strip(): _told(entry) for entry in entries}

    def answer(prompt: str) -> str:
        found = _STATEMENT.search(prompt)
        assert found, "the prompt holds no problem"
        suite = known[found[1]]
        asked = {*_TIER.findall(prompt), *(["validator"] if "`validator`" in prompt else [])}
        return json.dumps({key: value for key, value in suite.items() if key in asked})

    return answer


def _told(entry: Entry) -> dict[str, object]:
    suite: dict[str, object] = {
        str(test.tier): {"reason": test.reason or "as known", "input": test.input, "output": test.output}
        for test in entry.problem.tests
    }
    return suite | {"validator": entry.validator or ""}
