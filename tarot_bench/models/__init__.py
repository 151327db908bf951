"""LLM clients, local engines, recordings and baselines behind one protocol; some also offer batches and embeddings."""

from tarot_bench.models.base import Answer, EmbeddingModel, Model, ModelOptions, Request, Sampling
from tarot_bench.models.registry import open_model

__all__ = ["Answer", "EmbeddingModel", "Model", "ModelOptions", "Request", "Sampling", "open_model"]
