"""TRL's environments (1.16, experimental): the model hands its program in with a tool, and is rewarded for that one.

::

    GRPOTrainer(
        environment_factory=TierEnvironment,
        reward_funcs=SubmissionReward(tb.TierReward("hard_first", problems=problems)),
        train_dataset=rows,  # with `prompt` and `problem_id`, as for `TierReward`
        ...,
    )

The environment has no ``get_reward``: TRL would call it for one rollout after the other, and tells it neither the
progress of training nor how to log. A reward function gets all environments at once. Imports nothing of TRL.
"""

from collections.abc import Sequence
from typing import Any

from tarot_bench.training.reward.columns import text_of
from tarot_bench.training.reward.tier_reward import TierReward


class TierEnvironment:
    """One rollout; TRL makes as many as it needs, and resets each before it is used again.

    Attributes:
        program: what was handed in last; None where nothing was.
    """

    def __init__(self) -> None:
        self.program: str | None = None

    def reset(self, **row: Any) -> None:
        """Start another rollout; the prompt is the row's, and nothing is added to it."""
        self.program = None

    def submit(self, program: str) -> str:
        """Hand in a program. The last one that is handed in counts.

        Args:
            program: The whole Python program, with its imports.

        Returns:
            A confirmation.
        """
        self.program = program
        return "The program was handed in."


class SubmissionReward:
    """`TierReward` of the programs that were handed in; of a rollout without one, of its last message.

    Args:
        reward: grades them, all of a batch together.
    """

    def __init__(self, reward: TierReward) -> None:
        self.__name__ = reward.__name__
        self._reward = reward

    def __call__(
        self, completions: Sequence[Any], *, environments: Sequence[TierEnvironment], **given: Any
    ) -> list[float | None]:
        """Reward a batch; arguments as TRL passes them, and as `TierReward` takes them."""
        texts = [
            text_of(completion) if environment.program is None else environment.program
            for completion, environment in zip(completions, environments, strict=True)
        ]
        return self._reward(texts, **given)
