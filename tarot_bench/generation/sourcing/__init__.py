"""Source: rows of known shapes become entries; rows that cannot be used are dropped with a reason."""

from tarot_bench.generation.sourcing.source import Source, SourceSettings

__all__ = ["Source", "SourceSettings"]
