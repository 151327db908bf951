"""Sources of completions, behind one protocol, and what some of them offer beside it: embeddings and batches."""

from tarot_bench.models.base import Answer, EmbeddingModel, Model, ModelOptions, Request, Sampling
from tarot_bench.models.registry import open_model

__all__ = ["Answer", "EmbeddingModel", "Model", "ModelOptions", "Request", "Sampling", "open_model"]
