"""Sources of completions, behind one protocol."""

from tarot_bench.models.base import Answer, Model, ModelOptions, Request, Sampling
from tarot_bench.models.registry import open_model

__all__ = ["Answer", "Model", "ModelOptions", "Request", "Sampling", "open_model"]
