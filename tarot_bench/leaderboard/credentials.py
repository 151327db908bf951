"""Find credentials in what would be published: keys by the patterns of providers, and values of the environment."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PATTERNS = {
    "an Anthropic key": r"sk-ant-[\w-]{20,}",
    "an OpenAI key": r"sk-(?!ant-)[\w-]{20,}",
    "a Hugging Face token": r"hf_[A-Za-z0-9]{30,}",
    "a GitHub token": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}",
    "an AWS key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "a Google key": r"AIza[\w-]{35}",
    "a Slack token": r"xox[abeprs]-[A-Za-z0-9-]{20,}",
    "a Groq key": r"gsk_[A-Za-z0-9]{40,}",
    "an xAI key": r"xai-[A-Za-z0-9]{40,}",
    "a Replicate token": r"r8_[A-Za-z0-9]{30,}",
    "an E2B key": r"e2b_[0-9a-f]{30,}",
    "a GitLab token": r"glpat-[\w-]{20,}",
    "a bearer token": r"[Bb]earer [\w.~+/-]{20,}=*",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a password in a URL": r"[a-z][a-z0-9+]*://[^\s/:@]+:[^\s/:@]+@",
}
_ANY = re.compile("|".join(f"(?P<p{number}>(?<![\\w-])(?:{text}))" for number, text in enumerate(_PATTERNS.values())))
_NAMES = list(_PATTERNS)
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|COOKIE", re.IGNORECASE)
_SHORTEST = 8
"""Characters of a value; shorter ones occur in any text."""


class Credentials:
    """Recognises credentials; never shows one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Take the values of variables whose names tell of a secret; None takes this process's environment."""
        known = os.environ if environment is None else environment
        self._values = {
            value: name for name, value in known.items() if len(value) >= _SHORTEST and _SECRET_NAME.search(name)
        }

    def found_in(self, text: str) -> str | None:
        """What credential a text holds; None if it holds none."""
        named = next((name for value, name in self._values.items() if value in text), None)
        if named:
            return f"the value of the environment variable {named}"
        match = _ANY.search(text)
        return _NAMES[int((match.lastgroup or "p0")[1:])] if match else None

    def places(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Yield the place and kind of each credential in a JSON value; `where` names the value."""
        if isinstance(value, str):
            if found := self.found_in(value):
                yield where, found
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from self.places(str(key), f"{where}: a key")
                yield from self.places(inner, f"{where}: {key}")
        elif isinstance(value, (list, tuple)):
            for number, inner in enumerate(value):
                yield from self.places(inner, f"{where}: {number}")
