"""The other end of `arena`: starts it, names attacks to it, and notices when one has killed or stopped it."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from tests.sandbox.attacks import traces
from tests.sandbox.attacks.corpus import Attack
from tests.sandbox.attacks.users import Account, ordinary_account, own_account

_START_S = 60.0
_BOUT_S = 240.0
"""How long one attack may keep the harness busy before it is called hung and killed."""
_DEATH_S = 5.0
_OF_A_USER = ("quota", "process", "resource", "persist", "time")
"""Kinds that may do more to an ordinary user, whose jails share an account, than to root."""


class Client:
    """A harness that is attacked; started when first needed, and again whenever it is gone."""

    def __init__(self, account: Account, level: str, kinds: tuple[str, ...] = ()) -> None:
        """Not started yet.

        Args:
            account: whose harness it is.
            level: the level of isolation.
            kinds: of attacks that are to be tried on it; none means all.
        """
        self.level = level
        self._kinds = kinds
        self._account = account
        self._arena: subprocess.Popen[str] | None = None
        self._log = tempfile.TemporaryFile()
        self._scratch = tempfile.TemporaryDirectory(prefix="attacked-", ignore_cleanup_errors=True)
        os.chmod(self._scratch.name, 0o1777)

    def takes(self, attack: Attack) -> bool:
        """Whether an attack is to be tried here."""
        return self.level in attack.levels and (not self._kinds or attack.kind in self._kinds)

    def fight(self, program: str, route: str) -> dict[str, Any]:
        """The arena's `Bout` for this attack, as a dict; ``why`` tells if the harness itself was lost.

        Raises:
            RuntimeError: the harness does not start; says why.
        """
        arena = self._started()
        lost = {"program": program, "route": route, "verdicts": [], "detail": "", "wall_s": 0.0, "host_cpu_s": 0.0}
        try:
            arena.stdin.write(json.dumps([program, route]) + "\n")
            arena.stdin.flush()
            said = self._hear(_BOUT_S)
        except TimeoutError:
            self._kill()
            return lost | {"why": [f"hung: no verdict in {_BOUT_S:g} s"]}
        except (OSError, ValueError):
            with suppress(subprocess.TimeoutExpired):
                arena.wait(_DEATH_S)
            status, words = arena.returncode, self._last_words()
            return lost | {"why": [f"dead: the harness ended with {status}: {words}"]}
        return said

    def kill_during(self, program: str, route: str, after_s: float) -> dict[int, str]:
        """Kill the harness, and nothing else, in the middle of a bout; what it leaves that still lives, by its id."""
        arena = self._started()
        arena.stdin.write(json.dumps([program, route]) + "\n")
        arena.stdin.flush()
        time.sleep(after_s)
        arena.kill()
        arena.wait()
        deadline = time.monotonic() + _DEATH_S
        while (left := traces.marked(arena.pid)) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._arena = None
        return left

    def close(self) -> dict[str, int]:
        """End the harness; what it had more of, with its sandbox closed, than before it was opened."""
        if self._arena is None:
            return self._clean()
        self._arena.stdin.close()
        try:
            return self._hear(_BOUT_S)["left"]
        except (OSError, ValueError) as error:
            return {f"no farewell: {error}": 1}
        finally:
            self._kill()
            self._clean()

    def _clean(self) -> dict[str, int]:
        self._log.close()
        self._scratch.cleanup()
        return {}

    def _started(self) -> subprocess.Popen[str]:
        if self._arena is None:
            self._arena = self._account.start(
                "-m", "tests.sandbox.attacks.arena", self.level, scratch=self._scratch.name,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True,
            )  # fmt: skip
            try:
                self._hear(_START_S)
            except (OSError, ValueError):
                raise RuntimeError(f"the harness does not start at level {self.level}: {self._last_words()}") from None
        return self._arena

    def _hear(self, timeout: float) -> dict[str, Any]:
        if not select.select([self._arena.stdout], [], [], timeout)[0]:
            raise TimeoutError("the harness says nothing")
        return json.loads(self._arena.stdout.readline())

    def _last_words(self) -> str:
        self._kill()
        self._log.seek(0)
        return self._log.read().decode(errors="replace").strip().rpartition("\n")[2]

    def _kill(self) -> None:
        arena, self._arena = self._arena, None
        with suppress(ProcessLookupError):
            os.killpg(arena.pid, signal.SIGKILL)
        arena.wait()


WAYS = (("root", "full"), ("user", "full"), ("user", "landlock"), ("user", "landlock5"))
"""Who runs a harness, and at which level."""


@contextmanager
def arenas(wanted: Container[tuple[str, str]] = WAYS) -> Iterator[dict[tuple[str, str], Client]]:
    """A harness for each wanted way that there is here; as root, what would repeat is left out for an ordinary user.

    ``root`` at level ``landlock`` is not among them: its processes would have root's rights over the whole machine.
    """
    opened: dict[tuple[str, str], Client] = {}
    with ExitStack() as accounts:
        is_root = os.geteuid() == 0
        if is_root and ("root", "full") in wanted:
            opened["root", "full"] = Client(own_account(), "full")
        ordinary = [way for way in WAYS if way[0] == "user" and way in wanted]
        user = accounts.enter_context(ordinary_account()) if ordinary else None
        if user is not None:
            kinds = {"full": _OF_A_USER if is_root else (), "landlock5": ("process",)}
            for who, level in ordinary:
                opened[who, level] = Client(user, level, kinds.get(level, ()))
        try:
            yield opened
        finally:
            for client in opened.values():
                client.close()
