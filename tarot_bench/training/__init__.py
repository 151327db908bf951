"""Curriculum reinforcement fine-tuning: probe, choose, reward, train."""

from tarot_bench.training.curriculum import Curriculum, CurriculumStage, load_curriculum
from tarot_bench.training.formats import FormatReward
from tarot_bench.training.reward import AsyncTierReward, TierReward
from tarot_bench.training.sampler import CurriculumSampler

__all__ = [
    "AsyncTierReward",
    "Curriculum",
    "CurriculumSampler",
    "CurriculumStage",
    "FormatReward",
    "TierReward",
    "load_curriculum",
]
