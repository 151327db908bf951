"""Small pieces that the tests of every back end need."""

import asyncio

from tarot_bench.models import Answer, Model, ModelOptions, Request, Sampling, open_model
from tarot_bench.problem import Problem, TestCase
from tests.servers.llm import LlmServer

GOLD = "a, b = map(int, input().split())\nfor i in range(a):\n    if i < b:\n        print(i + b)\n"


def problem(name: str = "p1", solution: str | None = GOLD) -> Problem:
    return Problem(
        id=name, statement="Add.", solution=solution, tests=(TestCase(tier="basic", input="1 2", output="3"),)
    )


def request(
    prompt: str = "add two numbers",
    index: int = 0,
    system: str | None = None,
    problem_id: str = "p1",
    solution: str | None = GOLD,
) -> Request:
    return Request(problem(problem_id, solution), index, prompt, system)


def ask(model: Model, *requests: Request, **sampling) -> list[Answer]:
    """One call, in an event loop of its own; the model is closed afterwards."""

    async def call() -> list[Answer]:
        try:
            return await model.generate(requests or (request(),), Sampling(**sampling))
        finally:
            await model.close()

    return asyncio.run(call())


def connect(server: LlmServer, name: str = "openai/any", **options) -> Model:
    return open_model(name, ModelOptions(base_url=server.url, **options))
