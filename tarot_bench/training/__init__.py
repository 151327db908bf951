"""Curriculum reinforcement fine-tuning: probe a model, choose a curriculum, train with a tier reward."""

from tarot_bench.training.curriculum import Curriculum, CurriculumStage, load_curriculum
from tarot_bench.training.data.staged import CurriculumSampler
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
