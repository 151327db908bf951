"""Grades one attack after the other, beside honest programs, and says of each what came through.

``python -m tests.sandbox.attacks.arena LEVEL`` reads lines of JSON, ``["memory/heap", "stdin"]``, and answers each
with the `Bout` as JSON; that process is the harness which the attacks would like to harm.
"""

import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from tarot_bench.grading import grade_code
from tarot_bench.problem import Limits, Problem, Tier
from tarot_bench.training.curriculum import Curriculum, CurriculumStage
from tarot_bench.training.reward.tier_reward import TierReward
from tarot_bench.sandbox import Job, Sandbox
from tarot_bench.sandbox.backends.local import isolation
from tarot_bench.sandbox.base import JobMode
from tarot_bench.sandbox.backends.local.pool import LocalSandbox
from tarot_bench.verdict import Execution, Verdict
from tests.sandbox.attacks import traces
from tests.sandbox.attacks.corpus import ESCAPED, Attack, corpus
from tests.sandbox.attacks.problems import Task, answer_to, make

WORKERS = 2
HONEST = Limits(cpu_s=5, wall_s=20)
_HOST_CPU_S = 3.0
"""Seconds of the harness's own processor time that reading one answer may take; that of bystanders is not counted."""
_WALL_SLACK_S = 10.0
_PAUSE_S = 0.02
_REMEMBERED = 20
"""How many earlier bouts' keys an answer is compared with."""
_EVERY_TIER = Curriculum(
    name="every tier", weights=dict.fromkeys(Tier, 1.0), stages=(CurriculumStage(until=1.0, tiers=tuple(Tier)),)
)
_SLOW = "import time\ntime.sleep(0.5)\n"
_WARM_UPS: tuple[tuple[JobMode, str], ...] = (
    ("stdin", _SLOW),
    ("stdin", f"import numpy\n{_SLOW}"),
    ("suite", "def f():\n    import time\n    time.sleep(0.5)\n"),
)


@dataclass
class Bout:
    """What happened when one attack was graded.

    Attributes:
        program: the attack's name.
        route: how it was graded.
        why: what came through, one short word and its particulars each; empty when it was contained.
        verdicts: of its tests.
        detail: of its first test.
        wall_s: until it was graded.
        host_cpu_s: the harness's own processor time until then.
    """

    program: str
    route: str
    why: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    detail: str = ""
    wall_s: float = 0.0
    host_cpu_s: float = 0.0


class Recorder:
    """A sandbox that keeps what came out of it, and passes everything on."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self.workers, self.info = sandbox, sandbox.workers, sandbox.info
        self.seen: list[tuple[Job, tuple[Execution, ...]]] = []

    def run(self, job: Job) -> tuple[Execution, ...]:
        executions = self._sandbox.run(job)
        self.seen.append((job, executions))
        return executions


class Arena:
    """An open sandbox with attacks and honest programs in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._pool = ThreadPoolExecutor(WORKERS)
        self._keys = deque[str](maxlen=_REMEMBERED)
        for mode, source in _WARM_UPS:  # every jail that there will be, in every slot
            list(self._pool.map(sandbox.run, [Job(source, mode, (b"candidate()",), HONEST, "f")] * WORKERS))
        self._before = traces.census()

    def fight(self, attack: Attack, route: str) -> Bout:
        """Grade an attack, with its problem's solution graded before, and others beside and after it."""
        bout = Bout(attack.name, route)
        task = make(route, attack.limits)
        self._keys.append(task.secrets[0])
        golds = _golds(task, attack)
        if not all(self._check_honest(gold) for gold in golds):
            bout.why.append("before: the solution did not pass")
        recorder = Recorder(self._sandbox)
        start, cpu_s = time.monotonic(), time.process_time()
        with self._bystander(golds[-1], bout):
            try:
                self._grade(attack, task, route, recorder, bout)
            except Exception as error:
                bout.why.append(f"raised: {type(error).__name__}: {str(error)[:100]}")
            bout.wall_s = time.monotonic() - start
        bout.host_cpu_s += time.process_time() - cpu_s
        self._judge(attack, task, recorder, bout)
        if not self._check_honest(golds[-1]):
            bout.why.append("after: an honest program did not pass")
        if left := traces.settled(self._before):
            bout.why.append(f"left: {left}")
            self._before |= {name: self._before[name] + more for name, more in left.items()}  # told once
        return bout

    def _grade(self, attack: Attack, task: Task, route: str, recorder: Recorder, bout: Bout) -> None:
        if route != "reward":
            made = grade_code(task.problem, attack.source, recorder)
            bout.verdicts, bout.detail = [result.verdict.value for result in made.results], made.results[0].detail
            return
        # Half of the group is honest: what an attack learns or breaks would show in its neighbours.
        reward = TierReward(_EVERY_TIER, "fraction", recorder)
        sources = [task.problem.solution or "", attack.source] * 2
        texts = [f"```python\n{source}\n```\n<!-- {number} -->" for number, source in enumerate(sources)]
        said = reward(texts, problem=[task.problem.model_dump_json()] * len(texts))
        bout.verdicts = [_named(value) for value in said[1::2]]
        bout.detail = f"rewards {said}"
        if any(value != 1.0 for value in said[0::2]):
            bout.why.append(f"beside: honest members of the group were rewarded {said[0::2]}")

    def _judge(self, attack: Attack, task: Task, recorder: Recorder, bout: Bout) -> None:
        wrong = ({Verdict.PASSED.value, Verdict.UNGRADED.value} - attack.allows) & set(bout.verdicts)
        bout.why += [verdict.lower() for verdict in sorted(wrong)]
        ours = {str(source).strip() for source in (task.problem.solution, task.problem.checker.program)}
        for job, executions in recorder.seen:
            if job.source.strip() in ours:
                continue
            for number, execution in enumerate(executions):
                said = b"".join((execution.stdout, execution.stderr, execution.result or b"")).decode("latin-1")
                if ESCAPED in execution.stdout.decode("latin-1") + (execution.result or b"").decode("latin-1"):
                    bout.why.append("escaped")
                bout.why += [f"leaked: {what}" for what in _leaks(task, job, _place(task, job, number), said, self._keys)]
        bout.why = list(dict.fromkeys(bout.why))
        tests = len(task.problem.all_tests)
        runs = tests * (2 if bout.route == "reward" else 1)
        if bout.wall_s > runs * (attack.limits.wall_s + 1) + _WALL_SLACK_S:
            bout.why.append(f"slow: {bout.wall_s:.1f} s")
        if bout.host_cpu_s > _HOST_CPU_S:
            bout.why.append(f"host: {bout.host_cpu_s:.1f} CPU s")

    @contextmanager
    def _bystander(self, honest: Problem, bout: Bout) -> Iterator[None]:
        """Grade an honest program, again and again, for as long as the attack goes on; its time is not the bout's."""
        over = threading.Event()

        def stand_by() -> list[str]:
            trouble = []
            cpu_s = time.thread_time()
            while True:
                trouble += verdicts_of_honest(honest, self._sandbox)
                if over.wait(_PAUSE_S):
                    bout.host_cpu_s -= time.thread_time() - cpu_s
                    return trouble

        standing = self._pool.submit(stand_by)
        try:
            yield
        finally:
            over.set()
            if bad := set(standing.result()) - {Verdict.PASSED.value}:
                bout.why.append(f"beside: an honest program was {', '.join(sorted(bad))}")

    def _check_honest(self, honest: Problem) -> bool:
        """Whether a problem's solution passes in every slot."""
        said = self._pool.map(lambda _: verdicts_of_honest(honest, self._sandbox), range(WORKERS))
        return all(verdict == Verdict.PASSED.value for verdicts in said for verdict in verdicts)


def verdicts_of_honest(problem: Problem, sandbox: Sandbox) -> list[str]:
    """The verdicts on a problem's own solution; what grading raised stands for one."""
    try:
        return [result.verdict.value for result in grade_code(problem, problem.solution or "", sandbox).results]
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def _golds(task: Task, attack: Attack) -> list[Problem]:
    """The problem, with solutions of the same key and of several lengths: what a heap keeps of one depends on it."""
    lengths = (100_000, 50_000, 16_000, 4_000, 1_000, 0) if attack.kind == "memory" else (0,)
    longer = [f"#{'.' * length}\n{task.problem.solution}" for length in lengths]
    return [task.problem.model_copy(update={"limits": HONEST, "solution": text}) for text in longer]


def _named(reward: float | None) -> str:
    if reward is None:
        return Verdict.UNGRADED.value
    return Verdict.PASSED.value if reward > 0 else Verdict.WRONG_ANSWER.value


def _place(task: Task, job: Job, number: int) -> int:
    """Which test of a task an input of a job belongs to: the reward runs the tests of a program one by one."""
    given = job.inputs[number]
    places = [number, *range(len(task.tokens))]
    return next((place for place in places if any(token.encode() in given for token in task.tokens[place])), number)


def _leaks(task: Task, job: Job, number: int, said: str, keys: Iterable[str]) -> Iterator[str]:
    """What of a task, or of earlier ones, a program said on one test that it cannot know there."""
    if any(secret in said for secret in task.secrets):
        yield "the key or an expected output"
    tokens = task.tokens[number]
    if any(str(answer_to(key, token)) in said for key in keys if key != task.secrets[0] for token in tokens):
        yield "what some earlier program would have answered"
    if job.mode == "suite":  # test code tells its own tokens, and the verdict's text with them
        return
    if any(token in said for other, mine in enumerate(task.tokens) if other != number for token in mine):
        yield "another test's input"


def open_at(level: str, workers: int = WORKERS) -> LocalSandbox:
    """Open a sandbox at exactly this level, on a machine that may have better."""
    if level != "full":
        isolation.lacking_for_full = lambda: "this level was asked for"
    sandbox = LocalSandbox(workers, landlock_abi=5 if level == "landlock5" else None)
    if sandbox.info.level != level.removesuffix("5"):
        raise SystemExit(f"this machine has level {sandbox.info.level}, not {level}")
    return sandbox


def serve(level: str, say: Callable[[str], None]) -> None:
    """Answer the attacks named on standard input, then tell what is left when the sandbox is closed."""
    traces.mark()
    empty = traces.census()
    with open_at(level) as sandbox:
        arena = Arena(sandbox)
        say(json.dumps({"level": level, "uid": os.getuid()}))
        for line in sys.stdin:
            name, route = json.loads(line)
            say(json.dumps(asdict(arena.fight(corpus()[name], route))))
    say(json.dumps({"left": traces.settled(empty)}))


def main() -> None:
    """Serve on a descriptor that nothing else writes to."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(sys.argv[1], lambda text: print(text, file=replies, flush=True))


if __name__ == "__main__":
    main()
