"""Send requests to any model of `evaluate`, in a form that allows storing answers before they are parsed.

The HTTP APIs take a schema of the answer, and the bytes of their answers are stored. Other models are shown the schema
in the prompt, and their `Answer` is stored as JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from tarot_bench.errors import ModelError, RecipeError
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.models import Answer, Model, Request, Sampling, open_model
from tarot_bench.models.api import ApiModel
from tarot_bench.models.batch import BatchModel, Body
from tarot_bench.models.registry import factory_of
from tarot_bench.models.service import address
from tarot_bench.reading import parse_json

_ANSWER = TypeAdapter(Answer)


class Exchange:
    """Writes the requests of one generator and reads its answers."""

    def __init__(self, settings: GeneratorSettings) -> None:
        """Check the model's name and capabilities; opens nothing.

        Raises:
            ModelError: unknown or malformed name, or an address without a scheme.
            RecipeError: mode ``batch`` for a model without a batch API.
        """
        factory = factory_of(settings.model)
        self._settings = settings
        self._api = factory if isinstance(factory, type) and issubclass(factory, ApiModel) else None
        address(settings.base_url, "base_url")
        if settings.mode == "batch" and not (self._api and issubclass(self._api, BatchModel)):
            raise RecipeError(f"{settings.model} has no batch API: leave `mode: batch` out")

    @property
    def is_structured(self) -> bool:
        """Whether `Request.schema` enforces a schema; otherwise the prompt must request it."""
        return self._api is not None

    def body(self, request: Request, max_tokens: int) -> Body:
        """Return the body that is sent for a request; for other models, everything that determines the answer."""
        sampling = self._sampling(max_tokens)
        if self._api:
            return self._api.body(self._settings.model, self._settings, request, sampling)
        return {"model": self._settings.model, "messages": request.messages, **sampling.model_dump()}

    def question(self, request: Request) -> Body:
        """Return the body with one and the same token limit, so that it does not depend on the recipe's."""
        return self.body(request, max_tokens=1)

    def open(self) -> Model:
        """Open the model.

        Raises:
            ModelError: no key, a missing package, or no such model.
        """
        model = open_model(self._settings.model, self._settings)
        if isinstance(model, ApiModel):
            model.service.left_out_by = {}
        return model

    async def ask(self, model: Model, requests: Sequence[Request], max_tokens: int) -> list[bytes]:
        """Return the answer to each request, in the form to be stored. Raises as `Model.generate`."""
        if self._api:
            assert isinstance(model, self._api)
            return [await model.ask(self.body(request, max_tokens)) for request in requests]
        answers = await model.generate(requests, self._sampling(max_tokens))
        if len(answers) != len(requests):
            raise ModelError(f"{model.name} gave {len(answers)} answers to {len(requests)} requests")
        dumped = (json.dumps(_ANSWER.dump_python(answer), ensure_ascii=False) for answer in answers)
        return [text.encode("utf-8", "replace") for text in dumped]

    def _sampling(self, max_tokens: int) -> Sampling:
        return Sampling(temperature=self._settings.temperature, max_tokens=max_tokens, seed=None)

    def read(self, content: bytes | Mapping[str, Any]) -> Answer:
        """Read what `ask` returned, or the body in a batch's row.

        Raises:
            NotAnAnswerError, FailedAnswerError: see `tarot_bench.models.answers`.
        """
        if self._api:
            return self._api.read(self._settings, content)
        return _ANSWER.validate_python(parse_json(content) if isinstance(content, bytes) else content)
