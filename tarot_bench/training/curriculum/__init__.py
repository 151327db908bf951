"""Curricula as data, where they come from, and the pace at which a training goes through them."""

from tarot_bench.training.curriculum.load import FOLDER, GROUP, load_curriculum, shipped_curricula
from tarot_bench.training.curriculum.pace import Pace, Switch
from tarot_bench.training.curriculum.schedule import Advance, Curriculum, CurriculumStage, TierLabel, rates_at

__all__ = [
    "FOLDER",
    "GROUP",
    "Advance",
    "Curriculum",
    "CurriculumStage",
    "Pace",
    "Switch",
    "TierLabel",
    "load_curriculum",
    "rates_at",
    "shipped_curricula",
]
