"""A model for lm-eval that answers from a table, and counts what it is asked; problems small enough to run often."""

from collections import Counter
from pathlib import Path

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.problem import Limits, Problem, TestCase, Tier

RIGHT = "Sure.\n```python\nn = int(input())\nprint(n * {factor})\n```\n"
ONLY_SMALL = "```python\nn = int(input())\nprint(n * {factor} if n < 100 else 0)\n```"
CRASH = "```python\nraise SystemExit(3)\n```"
NO_CODE = "I would multiply the number."
NEVER_ENDING_THOUGHT = "<think>Let me see, n times"
STRANGE = "\x00\ud83d ```python\nprint('\udc00')\n```"


def problems(count: int, tiers: tuple[Tier, ...] = tuple(Tier)) -> list[Problem]:
    """`count` problems: multiply by 2, by 3, …; each tier has two tests, with larger numbers in the higher ones."""
    return [
        Problem(
            id=f"times/{factor}",
            statement=f"Read an integer and print it times {factor}.",
            solution=f"print(int(input()) * {factor})",
            tests=tuple(
                TestCase(tier=tier, input=f"{n}\n", output=f"{n * factor}\n")
                for tier in tiers
                for n in (10**tier.rank, 7 * 10**tier.rank)
            ),
            limits=Limits(cpu_s=2),
        )
        for factor in range(2, count + 2)
    ]


def data_file(folder: Path, made: list[Problem]) -> str:
    path = folder / "problems.jsonl"
    write_jsonl(made, path)
    return str(path)


def answers_for(made: list[Problem], forms: list[str]) -> dict[str, list[str]]:
    """By problem id: the forms with the right factor in, rotated so that problems differ."""
    table = {}
    for number, problem in enumerate(made):
        rotated = forms[number % len(forms) :] + forms[: number % len(forms)]
        table[problem.id] = [form.replace("{factor}", problem.id.rpartition("/")[2]) for form in rotated]
    return table


def recorded(table: dict[str, list[str]], made: list[Problem], prompt: str = "tarot"):
    """An lm-eval model that gives a problem's answers in order, and begins again when they are used up."""
    from lm_eval.api.model import LM

    template = Prompt(prompt)
    ids = {template.render(problem): problem.id for problem in made}

    class Recorded(LM):
        tokenizer_name = "recorded"

        def __init__(self):
            super().__init__()
            self.requests = []

        def generate_until(self, requests):
            self.requests += requests
            seen = Counter()
            answers = []
            for request in requests:
                problem = ids[request.args[0].removeprefix("<user>")]
                answers.append(table[problem][seen[problem] % len(table[problem])])
                seen[problem] += 1
            return answers

        def apply_chat_template(self, chat_history, add_generation_prompt=True):
            (message,) = chat_history
            return "<user>" + message["content"]

        def loglikelihood(self, requests):
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    return Recorded()


def run(model, tasks: list, metadata: dict | None = None, **given) -> dict:
    """lm-eval's own Python entry point, on our tasks alone (its 14,000 others take seconds to list)."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    from tarot_bench.integrations.lm_eval import tasks_dir

    manager = TaskManager(include_path=str(tasks_dir()), include_defaults=False, metadata=metadata or {})
    settings = {"confirm_run_unsafe_code": True, "bootstrap_iters": 10} | given
    return lm_eval.simple_evaluate(model, tasks=tasks, task_manager=manager, **settings)
