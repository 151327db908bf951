"""Four tasks, one per tier, that generate once: the first task sends requests, the others reuse its answers.

lm-eval sends ``request.repeats`` copies of every request and appends the answers to ``request.resps``. A request that
another task of the same run already makes is therefore sent zero times, and its ``resps`` is the other's list.
"""

import itertools
import json
from collections.abc import Hashable
from typing import Any
from weakref import WeakSet

from lm_eval.api.instance import Instance

from tarot_bench.integrations.lm_eval.task import GradedTask


class TierTask(GradedTask):
    """One tier of a four-tier benchmark, on the completions of the other tiers' tasks where they run together."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._instances: list[Instance] = []
        self._moment = next(_clock)
        _living.add(self)

    def build_all_requests(self, **given: Any) -> None:
        """Build the requests, without those that another tier's task of the same run sends.

        A run loads all its tasks before it builds their requests. So requests that were built before this task was
        loaded, or before it last built its own, are those of another run, which may have died before it asked.
        """
        super().build_all_requests(**given)
        of_this_run = [task for task in _living if task is not self and task._moment > self._moment]
        leading = {_what(i): i for task in of_this_run for i in task._instances if i.repeats and not i.resps}
        self._moment = next(_clock)
        for instance in self._instances:
            leader = leading.get(_what(instance))
            if leader is not None:
                instance.resps, instance.repeats = leader.resps, 0


_clock = itertools.count()
_living: "WeakSet[TierTask]" = WeakSet()


def _what(instance: Instance) -> Hashable:
    """The key of a request's answers: problem, prompt, sampling, repeats, and whether it is padding."""
    prompt, sampling = instance.args
    spare = instance.doc_id is None
    return instance.doc["problem_id"], prompt, json.dumps(sampling, sort_keys=True), instance.repeats, spare
