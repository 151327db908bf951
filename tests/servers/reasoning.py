"""A loopback author that behaves like a reasoning model: it knows the problems, and errs as models err.

    author = ReasoningAuthor(Experts(embedded()), AuthorSettings(generators=2, validators=3, illegal=30))

Everything it says and every fault of its service is drawn from the prompt and the seed, so that runs can be compared:
the same request has the same answer, however often it is sent; only a solver's samples differ from each other. Faults
end after a few attempts.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.mutation import mutants
from tarot_bench.problem import TIERS, Tier
from tests.servers.author_llm import AuthorServer
from tests.servers.author_wire import Fault, Said
from tests.servers.experts import Expert, Experts
from tests.servers.mistakes import GENERATORS, VALIDATORS, with_prose, wrong_output

_STATEMENT = re.compile(r"<problem>\n(.*?)\n</problem>", re.DOTALL)
_CHARACTERS_PER_TOKEN = 3.5


@dataclass(frozen=True)
class Habits:
    """How often something goes wrong. Rates are per item of an answer, per answer, or per request."""

    seed: int = 0
    wrong_output: float = 0.15
    """Literal tests with a wrong prediction."""
    bad_validator: float = 0.35
    """Validators with one of the bugs of `mistakes.VALIDATORS`."""
    hanging: float = 0.25
    """The share of hanging ones among bad validators, and of endless ones among bad generator programs."""
    bad_generator: float = 0.2
    """Generator programs with one of the bugs of `mistakes.GENERATORS`."""
    legal: float = 0.05
    """Illegal inputs that are legal."""
    wrong_brute_force: float = 0.1
    wrong_solution: float = 0.4
    """Answers of a solver that are a mutant of the right program."""
    prose: float = 0.1
    """Answers with words and a fence around the JSON."""
    broken: float = 0.02
    """Answers that are no JSON."""
    refusal: float = 0.02
    thinking: tuple[int, float] = (2500, 0.6)
    """Median and log-normal sigma of the reasoning tokens; an answer over `max_tokens` is truncated."""
    rate_limited: float = 0.05
    overloaded: float = 0.03
    """Requests that get 429 with retry-after and 5xx."""
    expired: float = 0.03
    missing: float = 0.01
    """Rows of a batch that had no turn, and that are lost."""


FAULTLESS = Habits(
    wrong_output=0, bad_validator=0, bad_generator=0, legal=0, wrong_brute_force=0, wrong_solution=0, prose=0,
    broken=0, refusal=0, thinking=(0, 0), rate_limited=0, overloaded=0, expired=0, missing=0,
)  # fmt: skip


class ReasoningAuthor(AuthorServer):
    """Serve from construction to `close`.

    Attributes:
        tokens: of all answers, ``input`` and ``output``.
    """

    def __init__(self, experts: Experts, asked: AuthorSettings, habits: Habits = Habits(), looks: int = 1) -> None:
        """Start.

        Args:
            experts: what it knows.
            asked: the section ``author`` of the recipe: how many items of each kind it writes.
            habits: how often it errs.
            looks: as of `AuthorServer`.
        """
        self._experts, self._asked, self._habits = experts, asked, habits
        self.tokens: Counter[str] = Counter()
        super().__init__(self._never, self._fault, looks)

    def say(self, prompt: str, body: Mapping[str, Any]) -> Said:
        """The answer to one request."""
        said = self._said(prompt, body)
        with self._lock:
            self.tokens.update(dict(zip(("input", "output"), said.tokens or (0, 0), strict=True)))
        return said

    def _said(self, prompt: str, body: Mapping[str, Any]) -> Said:
        solves = prompt.startswith("Solve this")
        again = f" {self.asked[prompt]}" if solves else ""  # samples of one prompt differ
        rng = Random(f"{self._habits.seed} {prompt}{again}")
        habits = self._habits
        median, sigma = habits.thinking
        thought = int(rng.lognormvariate(0, sigma) * median)
        if rng.random() < habits.refusal:
            return Said("I cannot help with that.", "refusal", (len(prompt) // 4, thought + 20))
        found = _STATEMENT.search(prompt)
        assert found, "the prompt holds no problem"
        expert = self._experts.of(found[1])
        assert expert, f"nobody knows this problem: {found[1][:80]!r}"
        if solves:
            return _within(_limit(body), _solution(expert, habits, rng), thought, len(prompt))
        text = json.dumps(_Answer(expert, self._asked, habits, rng, prompt).of(_schema(prompt, body)))
        if rng.random() < habits.broken:
            text = text[: len(text) // 2] + "..."
        elif rng.random() < habits.prose:
            text = with_prose(text, rng)
        return _within(_limit(body), text, thought, len(prompt))

    def _never(self, prompt: str) -> Said:
        raise AssertionError("`say` answers")

    def _fault(self, prompt: str, attempt: int) -> Fault | None:
        if attempt > 1:
            return None
        drawn, habits = Random(f"{self._habits.seed} {attempt} {prompt}").random(), self._habits
        faults = (
            (habits.rate_limited, Fault("status", 429, "rate_limit_exceeded", {"retry-after": "0"})),
            (habits.overloaded, Fault("status", 503, "overloaded")),
            (habits.expired, Fault("expired")),
            (habits.missing, Fault("missing")),
        )
        for rate, fault in faults[: 2 if not self.batches else 4]:
            if drawn < rate:
                return fault
            drawn -= rate
        return None


class _Answer:
    """What is written about one problem in one answer."""

    def __init__(self, expert: Expert, asked: AuthorSettings, habits: Habits, rng: Random, prompt: str) -> None:
        self._expert, self._asked, self._habits, self._rng = expert, asked, habits, rng
        again = "<failure" in prompt
        self._first = Random(prompt).randrange(1, 10**6) * asked.seeds if again else 0
        """Programs of a repair print other inputs than those of the first answer."""

    def of(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of the schema, filled."""
        tiers = [tier for tier in TIERS if tier in _tiers(schema)]
        making = {
            "tests": lambda: [test for tier in tiers for test in self._tests(tier)],
            "generators": lambda: [program for tier in tiers for program in self._generators(tier)],
            "validators": lambda: [self._validator() for _ in range(self._asked.validators)],
            "illegal_inputs": lambda: list(self._illegal()),
            "brute_force": self._brute_force,
            "checkers": lambda: [self._expert.checker] * bool(self._expert.checker),
            "scenarios": self._expert.scenarios,
        }
        return {key: making[key]() for key in schema["properties"]}

    def _errs(self, rate: float) -> bool:
        return self._rng.random() < rate

    def _tests(self, tier: Tier) -> Iterator[dict[str, str]]:
        for number in range(self._first, self._first + self._asked.literal):
            given, wanted = self._expert.literal(tier, number)
            if self._errs(self._habits.wrong_output):
                wanted = wrong_output(wanted, self._rng)
            yield {"tier": tier, "reason": f"a {tier} input by hand", "input": given, "output": wanted}

    def _generators(self, tier: Tier) -> Iterator[dict[str, Any]]:
        for number in range(self._asked.generators):
            program = self._expert.generator(tier, self._first + number * self._asked.seeds)
            if self._errs(self._habits.bad_generator):
                program = GENERATORS[self._bug("endless", GENERATORS)](program)
            reason = f"{tier} inputs, kind {number + 1}"
            yield {"tier": tier, "reason": reason, "program": program, "seeds": self._asked.seeds}

    def _validator(self) -> str:
        right = self._expert.validator
        if self._errs(self._habits.bad_validator):
            return VALIDATORS[self._bug("hangs", VALIDATORS)](right)
        return right

    def _bug(self, slow: str, kinds: Mapping[str, Any]) -> str:
        if self._errs(self._habits.hanging):
            return slow
        return self._rng.choice([kind for kind in kinds if kind != slow])

    def _illegal(self) -> Iterator[dict[str, str]]:
        for given in self._expert.illegal[: self._asked.illegal]:
            if self._errs(self._habits.legal):
                given, _ = self._expert.literal(Tier.EDGE, 0)
            yield {"reason": "breaks a constraint", "input": given}

    def _brute_force(self) -> str:
        program = self._expert.brute_force
        return f"{program}\nprint()\nprint(0)\n" if program and self._errs(self._habits.wrong_brute_force) else program


def _solution(expert: Expert, habits: Habits, rng: Random) -> str:
    """What a solver writes: the right program, or one with a mistake."""
    program = expert.solution
    if rng.random() < habits.wrong_solution:
        program = rng.choice([mutant.source for mutant in mutants(program)])
    return f"Read the input, then compute.\n\n```python\n{program.rstrip()}\n```\n"


def _schema(prompt: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that the service was given, or the one that is in the prompt."""
    stack: list[Any] = [body]
    while stack:
        here = stack.pop()
        if isinstance(here, Mapping):
            if "properties" in here:
                return here
            stack += here.values()
        elif isinstance(here, list):
            stack += here
    found: Mapping[str, Any] = json.loads(prompt[prompt.index('{"$defs"') :])
    return found


def _tiers(schema: Mapping[str, Any]) -> list[str]:
    tier: Mapping[str, Any] = schema.get("$defs", {}).get("Tier", {})
    found: list[str] = tier.get("enum", [])
    return found


def _limit(body: Mapping[str, Any]) -> int:
    names = ("max_tokens", "max_completion_tokens", "max_output_tokens")
    return next((body[name] for name in names if body.get(name)), 10**9)


def _within(limit: int, text: str, thought: int, asked: int) -> Said:
    """The answer, cut where the tokens end."""
    tokens = int(len(text) / _CHARACTERS_PER_TOKEN)
    used = asked // 4
    if thought + tokens <= limit:
        return Said(text, tokens=(used, thought + tokens))
    left = max(0, limit - thought)
    return Said(text[: int(left * _CHARACTERS_PER_TOKEN)], "length", (used, limit))
