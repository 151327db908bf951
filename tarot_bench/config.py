"""Settings: read from YAML, overridden by ``key=value``, compared by digest."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ValidationError

from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.reading import parse_yaml

Settings = TypeVar("Settings", bound=BaseModel)

_NAME = re.compile(r"\w[\w .+-]{0,99}")


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            "a name has letters, digits, spaces and . _ + -, begins with a letter or a digit and has at most 100 "
            "characters, as it also names files"
        )
    return name


Name = Annotated[str, AfterValidator(_checked_name)]
"""What a settings file or a command line calls something: also a part of file names, and never a path."""

_ABSENT = object()
"""A key that is not there, which is something else than a key that is null."""


def load_yaml(kind: type[Settings], path: Path, overrides: Iterable[str] = ()) -> Settings:
    """Read a settings file and apply ``key=value`` overrides to it.

    Args:
        kind: the pydantic type of the file.
        path: the YAML file.
        overrides: ``key=value`` pairs; dots reach into nested keys and, by position from 0, into lists
            (``generators.0.model=openai/NAME``); values are read as YAML.

    Raises:
        RecipeError: the file is no YAML mapping, a key is unknown or a value does not fit; one line.
    """
    return build(kind, with_overrides(read_mapping(path), overrides), str(path))


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that must contain a mapping.

    Raises:
        RecipeError: it cannot be read, or holds something else; one line.
    """
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"cannot read {path}: {error}") from None
    if not isinstance(raw, dict):
        raise RecipeError(f"{path} must hold a mapping of settings")
    return raw


def build(kind: type[Settings], raw: Mapping[str, Any], where: str) -> Settings:
    """Validate settings; all errors are reported on one line.

    Raises:
        RecipeError: unknown keys or values that do not fit, with where they came from.
    """
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise RecipeError(f"{where}: {complaints(error, kind)}") from None


def complaints(error: ValidationError, kind: type[BaseModel] | None = None) -> str:
    """Format pydantic's errors on one line: ``key: message; key: message``, unknown keys first.

    Args:
        error: what was raised.
        kind: the type that was validated; with it, an unknown key comes with the known keys closest to it.
    """
    found = []
    for item in _causes(error):
        key = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        if kind and item["type"] == "extra_forbidden":
            message = _about_unknown(kind, item["loc"])
        found.append(f"{key}: {message}" if key else message)
    return "; ".join(found)


def _causes(error: ValidationError) -> list[Any]:
    """The errors, unknown keys first, without those of lists that are too short because an item is wrong."""
    items = error.errors(include_url=False)
    within = {item["loc"][:depth] for item in items for depth in range(len(item["loc"]))}
    causes = [item for item in items if item["type"] != "too_short" or item["loc"] not in within]
    return sorted(causes, key=lambda item: item["type"] != "extra_forbidden")


def _about_unknown(kind: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Suggest a key for an unknown one: its new name, if ``renamed`` of its settings type has one."""
    *parents, leaf = (str(part) for part in loc if not isinstance(part, int))
    owners = [kind]
    for parent in parents:
        fields = [item for owner in owners for item in owner.model_fields.items()]
        named = [field for name, field in fields if parent == (field.alias or name)]
        owners = [nested for field in named for nested in _types_in(field.annotation)]
    for owner in owners:
        if leaf in getattr(owner, "renamed", {}):
            return f"renamed to {'.'.join([*parents, owner.renamed[leaf]])}"  # type: ignore[attr-defined]
    return "unknown key" + _closest_keys(kind, loc)


def keys_of(kind: type[BaseModel]) -> list[str]:
    """All keys of a settings type, dotted where it is nested: ``samples``, ``sampling``, ``sampling.seed``."""
    return list(_keys_of(kind, ""))


def _keys_of(kind: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        key = prefix + (field.alias or name)
        yield key
        for nested in _types_in(field.annotation):
            yield from _keys_of(nested, f"{key}.")


def _closest_keys(kind: type[BaseModel], loc: Sequence[int | str]) -> str:
    """The likely meanings of an unknown key: a key of this name elsewhere, else those with similar spelling."""
    *parents, leaf = (str(part) for part in loc if not isinstance(part, int))
    below = ".".join([*parents, ""])
    siblings = [key for key in keys_of(kind) if key.startswith(below) and "." not in key[len(below) :]]
    elsewhere = [key for key in keys_of(kind) if key.rpartition(".")[2] == leaf]
    if elsewhere:
        return f"; did you mean {', '.join(elsewhere)}?"
    names = [key[len(below) :] for key in siblings]
    return did_you_mean(leaf, names) or (f"; the keys are {', '.join(names)}" if names else "")


def _types_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The settings types in an annotation, as in ``tuple[Entry, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _types_in(argument)


def with_overrides(raw: Mapping[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """Override settings with ``key=value`` pairs; values are read as YAML.

    Raises:
        RecipeError: a pair without ``=``, or a path through a single value or a list item that does not exist.
    """
    try:
        merged: dict[str, Any] = json.loads(json.dumps(dict(raw), default=str))
    except TypeError as error:  # a date for a key, say
        raise RecipeError(f"keys of settings must be text: {error}") from None
    for pair in overrides:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise RecipeError(f"{pair!r} is not of the form key=value, as in sampling.temperature=0.2")
        try:
            value = parse_yaml(text)
        except ValueError:
            raise RecipeError(f"{pair!r}: the value is not readable as YAML") from None
        _assign(merged, key.split("."), value, pair)
    return merged


def _assign(node: Any, keys: Sequence[str], value: Any, pair: str) -> None:
    """Set a nested value; missing mappings are added, items of a list must exist."""
    key, *rest = keys
    if isinstance(node, list):
        if not (key.isdecimal() and int(key) < len(node)):
            raise RecipeError(f"{pair!r}: {key!r} is no item of a list of {len(node)}; items count from 0")
        place: Any = int(key)
    else:
        place = key
    if not rest:
        node[place] = value
        return
    below = node[place] if isinstance(node, list) else node.setdefault(place, {})
    if not isinstance(below, (dict, list)):
        raise RecipeError(f"{pair!r}: {key!r} holds a single value, not further keys")
    _assign(below, rest, value, pair)


def digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 (hex, 16 characters) of settings, independent of key order."""
    return hashlib.sha256(_text(settings).encode()).hexdigest()[:16]


def differences(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The keys in which two settings differ, as ``key: old -> new``."""
    found = []
    for key in sorted({*old, *new}):
        before, after = old.get(key, _ABSENT), new.get(key, _ABSENT)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += differences(before, after, f"{prefix}{key}.")
        elif _text(before) != _text(after):
            found.append(f"{prefix}{key}: {_brief(before)} -> {_brief(after)}")
    return found


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)


def _brief(value: object) -> str:
    text = "absent" if value is _ABSENT else _text(value)
    return text if len(text) <= 60 else text[:59] + "…"
