"""Curriculum reinforcement fine-tuning: probe, choose, reward, train."""

from tarot_bench.training.curriculum import Curriculum, CurriculumStage, load_curriculum
from tarot_bench.training.data.sampler import CurriculumSampler
from tarot_bench.training.reward.formats import FormatReward
from tarot_bench.training.reward.tier_reward import AsyncTierReward, TierReward

__all__ = [
    "AsyncTierReward",
    "Curriculum",
    "CurriculumSampler",
    "CurriculumStage",
    "FormatReward",
    "TierReward",
    "load_curriculum",
]
