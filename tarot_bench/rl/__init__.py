"""Curriculum reinforcement fine-tuning: probe, choose, reward, train."""

from tarot_bench.rl.curriculum import Curriculum, Stage, load_curriculum
from tarot_bench.rl.formats import FormatReward
from tarot_bench.rl.reward import AsyncTierReward, TierReward
from tarot_bench.rl.sampler import CurriculumSampler

__all__ = [
    "AsyncTierReward",
    "Curriculum",
    "CurriculumSampler",
    "FormatReward",
    "Stage",
    "TierReward",
    "load_curriculum",
]
