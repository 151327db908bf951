"""Vectors of statements from any server with OpenAI's ``/v1/embeddings``; each answer is paid for once."""

import base64
import hashlib
import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tarot_bench import loops
from tarot_bench.errors import InfrastructureError
from tarot_bench.models.retry import with_retries
from tarot_bench.models.service import Service, api_key, timeout
from tarot_bench.problem import Frozen
from tarot_bench.runs import JournalWriter

_KEY = "OPENAI_API_KEY"


class EmbeddingSettings(Frozen):
    """The section ``embeddings`` of a generation recipe."""

    model: str
    """As the server calls it."""
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
    """Turns texts into unit vectors; what the journal holds is not asked for again."""

    def __init__(self, settings: EmbeddingSettings, journal: Path) -> None:
        self._settings = settings
        self._journal = journal

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape ``(len(texts), dimension)``.

        Raises:
            ModelError: the server cannot be reached, or refuses the key, the name or a text.
            InfrastructureError: retries are used up, or an answer is not one vector per text.
        """
        wanted = {self._digest(text): text for text in texts}
        with JournalWriter(self._journal, Vector, durable=True) as journal:
            known = {line.digest: line.vector for line in journal if line.digest in wanted}
            owed = {digest: text for digest, text in wanted.items() if digest not in known}
            if owed:
                loops.run(self._ask(owed, journal))
                known |= {line.digest: line.vector for line in journal if line.digest in owed}
        rows = [np.frombuffer(base64.b64decode(known[self._digest(text)]), "<f4") for text in texts]
        if len({len(row) for row in rows}) > 1:
            raise InfrastructureError(f"{self._journal} holds vectors of several lengths; remove it to ask again")
        vectors = np.array(rows, np.float32)
        lengths = np.sqrt(np.sum(vectors * vectors, axis=-1, keepdims=True))
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    def _digest(self, text: str) -> str:
        said = f"{self._settings.model}\n{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(said).hexdigest()[:32]

    async def _ask(self, owed: dict[str, str], journal: JournalWriter[Vector]) -> None:
        import openai

        settings = self._settings
        key = api_key(settings.model, _KEY, settings.base_url or os.environ.get("OPENAI_BASE_URL"))
        async with openai.AsyncOpenAI(
            api_key=key,
            base_url=settings.base_url,
            timeout=timeout(openai, settings.timeout_s),
            max_retries=0,
        ) as client:
            service = Service(openai, settings.model, str(client.base_url), _KEY, settings.timeout_s)
            left = iter(owed.items())
            while batch := dict(islice(left, settings.batch_size)):
                said = [text or " " for text in batch.values()]  # servers refuse empty texts
                answer = await with_retries(
                    lambda said=said: client.embeddings.create(  # type: ignore[misc]
                        model=settings.model, input=said, encoding_format="float"
                    ),
                    service.judge,
                    settings.max_retries,
                )
                _record(journal, list(batch), answer.data, service.url)


def _record(journal: JournalWriter[Vector], digests: list[str], answers: Sequence[object], url: str) -> None:
    """Write down a batch of answers, which may come in any order."""
    vectors = {getattr(answer, "index", None): getattr(answer, "embedding", ()) for answer in answers}
    if set(vectors) != set(range(len(digests))) or not all(vectors.values()):
        raise InfrastructureError(f"{url} did not send one vector for each of {len(digests)} texts")
    for index, digest in enumerate(digests):
        data = np.asarray(vectors[index], "<f4").tobytes()
        journal.append(Vector(digest=digest, vector=base64.b64encode(data).decode()))
