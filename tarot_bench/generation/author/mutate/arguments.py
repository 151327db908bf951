"""Mutate a function's arguments recursively, by type.

They are made on the encoded form (`tarot_bench.sandbox.values`), whose order is fixed: a decoded set has another order
in every process.
"""

import json
import random
from typing import Any

from tarot_bench.generation.author.mutate import aims
from tarot_bench.grading.arguments import as_json
from tarot_bench.problem import Tier
from tarot_bench.reading import parse_json


def mutated(text: str, aim: Tier, rng: random.Random) -> tuple[str, str]:
    """Mutate a list of positional arguments once; it is encoded, or a Python literal.

    Returns:
        The new list, encoded, and in a few words what was done.
    """
    arguments = parse_json(as_json(text))
    if not isinstance(arguments, list) or not arguments:
        return text, "nothing"
    places = sorted(rng.sample(range(len(arguments)), k=rng.randint(1, len(arguments))))
    for place in places:
        arguments[place] = _mutated(arguments[place], aim, rng)
    which = ", ".join(str(place + 1) for place in places)
    return json.dumps(arguments), f"changed argument{'s' * (len(places) > 1)} {which}"


def _mutated(value: Any, aim: Tier, rng: random.Random) -> Any:
    if isinstance(value, list):
        return _sequence(value, aim, rng)
    if isinstance(value, dict):
        return _tagged(value["!"], aim, rng) if "!" in value else _some(value, aim, rng)
    return _scalar(value, aim, rng)


def _scalar(value: Any, aim: Tier, rng: random.Random) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return aims.number(aim, [value, *((1, 2) if value > 0 else ())], rng)
        case float():
            return float(aims.number(aim, [int(value)], rng)) + rng.choice((0.0, 0.5, value % 1))
        case str():
            return aims.word(aim, value, "".join(sorted(set(value))) or "ab", rng)
    return value


def _tagged(pair: list[Any], aim: Tier, rng: random.Random) -> dict[str, list[Any]]:
    """Mutate a value that JSON lacks: a tuple keeps its length, a set keeps its items distinct."""
    tag, body = pair
    if tag == "tuple":
        body = [_mutated(item, aim, rng) if rng.random() < 0.5 else item for item in body]
    elif tag in {"set", "frozenset"}:
        apart = {json.dumps(item): item for item in _sequence(body, aim, rng)}
        body = list(apart.values())
    elif tag == "dict":
        body = [[key, _mutated(item, aim, rng)] for key, item in body]
    return {"!": [tag, body]}


def _some(value: dict[str, Any], aim: Tier, rng: random.Random) -> dict[str, Any]:
    return {key: _mutated(item, aim, rng) if rng.random() < 0.5 else item for key, item in value.items()}


def _sequence(items: list[Any], aim: Tier, rng: random.Random) -> list[Any]:
    """Mutate a list to another length; new items are mutations of existing ones."""
    made = list(items)
    new = aims.size(aim, len(made), rng)
    while len(made) > new:
        del made[rng.randrange(len(made))]
    while items and len(made) < new:
        made.insert(rng.randint(0, len(made)), _mutated(rng.choice(items), aim, rng))
    if made and rng.random() < 0.5:
        place = rng.randrange(len(made))
        made[place] = _mutated(made[place], aim, rng)
    return made
