"""Publish datasets: Parquet files, dataset card, Croissant metadata, the Hub."""

from tarot_bench.charts.figure import can_draw
from tarot_bench.publishing.card import CardRecipe, Making
from tarot_bench.publishing.folder import Folder, write_folder
from tarot_bench.publishing.hub import Change, Published, Publisher
from tarot_bench.publishing.plots import HOW_TO
from tarot_bench.publishing.statistics import FunnelStage
from tarot_bench.publishing.verify import verify

__all__ = [
    "HOW_TO",
    "CardRecipe",
    "Change",
    "Folder",
    "FunnelStage",
    "Making",
    "Published",
    "Publisher",
    "can_draw",
    "verify",
    "write_folder",
]
