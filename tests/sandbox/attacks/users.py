"""An interpreter and import paths for an ordinary user, where this very one lies in root's home."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tarot_bench

NOBODY = 65534
_TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class Account:
    """How to start Python as some user.

    Attributes:
        python: the interpreter.
        path: its ``PYTHONPATH``.
        uid: whom to become; None stays who we are.
    """

    python: str
    path: str
    uid: int | None

    def start(self, *words: str, scratch: str = "/tmp", **options) -> subprocess.Popen[str]:
        """Start ``python WORDS`` with temporary files in `scratch`, and text pipes where `options` ask for pipes."""
        become = {"user": self.uid, "group": self.uid, "extra_groups": []} if self.uid is not None else {}
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": self.path, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [self.python, *words], env=environment | {"HOME": "/nonexistent", "TMPDIR": scratch}, cwd="/", text=True, **become, **options
        )


def own_account() -> Account:
    """Whoever runs this."""
    third_party = next(path for path in sys.path if path.endswith("site-packages"))
    return Account(sys.executable, f"{_TESTS.parent}:{third_party}", None)


@contextmanager
def ordinary_account(uid: int = NOBODY) -> Iterator[Account | None]:
    """An ordinary user: ourselves, or this one with a copy of this code where we are root; None if that cannot be."""
    if os.geteuid() != 0:
        yield own_account()
        return
    third_party = next(path for path in sys.path if path.endswith("site-packages"))
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        Path(folder).chmod(0o755)
        for name, tree in (("tarot_bench", Path(tarot_bench.__file__).parent), ("tests", _TESTS)):
            shutil.copytree(tree, f"{folder}/{name}", ignore=shutil.ignore_patterns("__pycache__"))
        accounts = [Account(python, f"{folder}:{third_party}", uid) for python in _pythons()]
        yield next(filter(_works, accounts), None)


def _pythons() -> tuple[str, ...]:
    return os.path.realpath(sys.executable), "/usr/bin/python3"


def _works(account: Account) -> bool:
    script = "import sys, pydantic; print(sys.version_info[:2])"
    try:
        with account.start("-c", script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tried:
            said = tried.communicate()[0]
    except OSError:
        return False
    return said.strip() == str(tuple(sys.version_info[:2]))
