"""Read JSON that LiveCodeBench packs as a deflated pickle in base 64, without running code from the pickle."""

import base64
import binascii
import io
import json
import pickle
import zlib
from typing import Any, NoReturn

from tarot_bench.reading import parse_json

_MOST_BYTES = 1024 * 1024 * 1024


class _TextOnly(pickle.Unpickler):
    """Reads pickles of plain data; refuses those that name a class or a function."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it refers to {module}.{name}, but packed tests must be plain text")


def unpack_json(text: str) -> Any:
    """Read JSON, plain or packed.

    Raises:
        ValueError: neither; or a pickle of anything but a text; or more than 1 GiB of it.
    """
    try:
        return parse_json(text)
    except json.JSONDecodeError:
        return parse_json(_unpacked(text))


def _unpacked(text: str) -> str:
    try:
        inflating = zlib.decompressobj()
        data = inflating.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
        if not inflating.eof:
            raise ValueError(f"packed tests that are cut off, or larger than {_MOST_BYTES} bytes")
        value = _TextOnly(io.BytesIO(data)).load()
    except (binascii.Error, zlib.error, pickle.UnpicklingError, EOFError, IndexError, KeyError) as error:
        raise ValueError(f"packed tests that cannot be read: {error}") from None
    if not isinstance(value, str):
        raise ValueError(f"packed tests must be a pickled text, not a {type(value).__name__}")
    return value
