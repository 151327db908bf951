"""Vectors of statements from an embedding model; each answer is paid for once."""

import base64
import hashlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tarot_bench import loops
from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.models import EmbeddingModel, ModelOptions, open_model
from tarot_bench.models.registry import factory_of
from tarot_bench.problem import Frozen
from tarot_bench.runs import JournalWriter


class EmbeddingSettings(Frozen):
    """The section ``embeddings`` of a generation recipe."""

    model: str
    """Full name, such as ``openai/NAME``: OpenAI's API, or any server with ``/v1/embeddings``."""
    base_url: str | None = None
    """Of the server, with ``/v1``; null takes ``OPENAI_BASE_URL``, or else OpenAI's own."""
    batch_size: int = Field(default=128, ge=1, le=2048)
    """Texts per request."""
    timeout_s: float = Field(default=120, gt=0)
    max_retries: int = Field(default=5, ge=0)


class Vector(Frozen):
    """A journal's line: one text's vector."""

    digest: str
    """Of the model and the text."""
    vector: str
    """Base64 of little-endian 32-bit floats."""


class Embedder:
    """Turns texts into unit vectors; what the journal holds is not requested again."""

    def __init__(self, settings: EmbeddingSettings, journal: Path) -> None:
        """Check the model's name and that it offers embeddings; nothing is opened.

        Raises:
            ModelError: it does not, or the name is unknown or malformed.
        """
        factory = factory_of(settings.model)
        if isinstance(factory, type) and not issubclass(factory, EmbeddingModel):
            raise _without_embeddings(settings.model)
        self._settings = settings
        self._journal = journal

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape ``(len(texts), dimension)``.

        Raises:
            ModelError: the model cannot be reached, or refuses the key, the name or a text.
            InfrastructureError: retries are used up, or an answer is not one vector per text.
        """
        wanted = {self._digest(text): text for text in texts}
        with JournalWriter(self._journal, Vector, durable=True) as journal:
            known = {line.digest: line.vector for line in journal if line.digest in wanted}
            pending = {digest: text for digest, text in wanted.items() if digest not in known}
            if pending:
                loops.run(self._ask(pending, journal))
                known |= {line.digest: line.vector for line in journal if line.digest in pending}
        rows = [np.frombuffer(base64.b64decode(known[self._digest(text)]), "<f4") for text in texts]
        if len({len(row) for row in rows}) > 1:
            raise InfrastructureError(f"{self._journal} holds vectors of several lengths; remove it and --resume")
        vectors = np.array(rows, np.float32)
        lengths = np.sqrt(np.sum(vectors * vectors, axis=-1, keepdims=True))
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    def _digest(self, text: str) -> str:
        said = f"{self._settings.model}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(said).hexdigest()[:32]

    async def _ask(self, pending: dict[str, str], journal: JournalWriter[Vector]) -> None:
        settings = self._settings
        options = ModelOptions(
            base_url=settings.base_url, timeout_s=settings.timeout_s, max_retries=settings.max_retries
        )
        model = open_model(settings.model, options)
        try:
            if not isinstance(model, EmbeddingModel):
                raise _without_embeddings(settings.model)
            left = iter(pending.items())
            while batch := dict(islice(left, settings.batch_size)):
                vectors = await model.embed(list(batch.values()))
                for digest, vector in zip(batch, vectors, strict=True):
                    data = np.asarray(vector, "<f4").tobytes()
                    journal.append(Vector(digest=digest, vector=base64.b64encode(data).decode()))
        finally:
            await model.close()


def _without_embeddings(model: str) -> ModelError:
    return ModelError(f"embeddings: {model} offers none; name a model that does, as in openai/NAME")
