"""Detect which parts of the isolation work on this machine, and what each missing part needs."""

import os
import platform
import shutil
import subprocess
import sys
from functools import cache

from tarot_bench.checks import Check
from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox.backends.local import children, interpreter
from tarot_bench.sandbox.base import Level
from tarot_bench.sandbox.inside import landlock, seccomp

_MIN_BUBBLEWRAP = (0, 5)
_ALONE_ABI = 3  # the first that covers truncation, which only a file system of one's own makes harmless
_SCOPED_SIGNALS_ABI = 6
_INSTALL = "install bubblewrap: `apt-get install bubblewrap` or `dnf install bubblewrap`"
_USERNS = (
    "allow user namespaces: `sysctl kernel.apparmor_restrict_unprivileged_userns=0` on Ubuntu 23.10 and later, "
    "`docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt "
    "systempaths=unconfined` in a container"
)


def probe() -> list[Check]:
    """Check everything that the isolated sandbox needs, in the order in which to fix it."""
    children.can_be_waited_for()
    return [_linux(), _architecture(), _landlock(), _bubblewrap(), _namespaces(), _python()]


def require() -> Level:
    """The strongest level at which programs can be isolated here.

    Raises:
        SandboxUnavailableError: there is none; the message says what to install or enable.
    """
    for check in (_linux(), _architecture(), _landlock()):
        if not check.ok:
            raise SandboxUnavailableError(f"programs cannot be isolated here: {check.detail}; {check.remedy}")
    missing = lacking_for_full()
    if missing is None:
        return "full"
    if landlock_abi() < _ALONE_ABI:
        raise SandboxUnavailableError(f"programs cannot be isolated here: {missing}")
    private = interpreter.private_part() if os.geteuid() == 0 else None
    if private is not None:
        raise SandboxUnavailableError(
            f"programs cannot be isolated here: {missing}; or else use a Python outside {private}, which is closed to "
            "the unprivileged users that programs run as"
        )
    return "landlock"


def lacking_for_full() -> str | None:
    """What this machine lacks for the level ``full``, with its remedy; None if nothing."""
    bad = next((check for check in (_bubblewrap(), _namespaces()) if not check.ok), None)
    return f"{bad.detail}; {bad.remedy}" if bad else None


@cache
def landlock_abi() -> int:
    """The kernel's Landlock ABI version; 0 without Landlock."""
    return landlock.abi() if sys.platform == "linux" else 0


@cache
def bubblewrap_version() -> str | None:
    """The version of the installed bubblewrap; None when there is none."""
    path = shutil.which("bwrap")
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.split()[-1] if said.stdout.split() else None


def _linux() -> Check:
    if sys.platform != "linux":
        return Check("kernel", False, f"{platform.system()} has no namespaces", "use Linux, or a Linux container")
    return Check("kernel", True, f"Linux {platform.release()}")


def _architecture() -> Check:
    machine = platform.machine()
    ok = seccomp.supported()
    return Check("seccomp", ok, f"system call tables for {machine}", "" if ok else "use x86_64 or aarch64")


def _landlock() -> Check:
    version = landlock_abi()
    if version == 0:
        remedy = "use Linux 5.13 or later, started with `landlock` in its lsm= list"
        return Check("landlock", False, "the kernel has no Landlock", remedy)
    scoped = "" if version >= _SCOPED_SIGNALS_ABI else " (signals are confined by seccomp instead)"
    return Check("landlock", True, f"Landlock ABI {version}{scoped}")


def _bubblewrap() -> Check:
    version = bubblewrap_version()
    if version is None:
        return Check("bubblewrap", False, "bwrap is not on the PATH", _INSTALL)
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    ok = numbers >= _MIN_BUBBLEWRAP
    return Check("bubblewrap", ok, f"bubblewrap {version}", "" if ok else "upgrade bubblewrap to 0.5 or later")


@cache
def _namespaces() -> Check:
    path = shutil.which("bwrap")
    if path is None:
        return Check("namespaces", False, "cannot be tried without bubblewrap", _INSTALL)
    user = [] if os.geteuid() == 0 else ["--unshare-user"]
    apart = ["--unshare-pid", "--as-pid-1", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words = [path, *user, *apart, "--ro-bind", "/", "/"]
    tried = subprocess.run(
        [*words, "--proc", "/proc", "--", "/bin/sh", "-c", ":"], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        said = (tried.stderr.strip().splitlines() or ["bwrap failed"])[-1]
        return Check("namespaces", False, f"namespaces are refused ({said})", _USERNS)
    return Check("namespaces", True, "user, pid, net, ipc, uts and mount namespaces")


def _python() -> Check:
    return Check("python", True, f"Python {platform.python_version()} at {sys.executable}")
