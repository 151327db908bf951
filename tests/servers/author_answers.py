"""Answers for an author's prompts, looked up in entries that have all tiers already, as those of ``synthetic:N`` do."""

import json
import re
from collections.abc import Callable, Iterable

from tarot_bench.dataset.entry import Entry

_STATEMENT = re.compile(r"<problem>\n(.*?)\n</problem>", re.DOTALL)
_TIER = re.compile(r"^- `(\w+)`:", re.MULTILINE)


def suites_of(entries: Iterable[Entry]) -> Callable[[str], str]:
    """A model that knows these problems: it writes each asked tier's own test, and the entry's validator."""
    known = {entry.problem.statement.strip(): entry for entry in entries}

    def answer(prompt: str) -> str:
        found = _STATEMENT.search(prompt)
        assert found, "the prompt holds no problem"
        entry = known[found[1]]
        asked = _TIER.findall(prompt)
        tests = [test for test in _tests(entry) if test["tier"] in asked]
        validators = [entry.validator] if "`validators`" in prompt and entry.validator else []
        return json.dumps({"tests": tests, "validators": validators})

    return answer


def _tests(entry: Entry) -> list[dict[str, str]]:
    return [
        {"tier": str(test.tier), "reason": test.reason or "as known", "input": test.input, "output": test.output}
        for test in entry.problem.tests
    ]
