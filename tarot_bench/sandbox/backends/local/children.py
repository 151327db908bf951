"""Make child processes waitable, however this process was started."""

import ctypes
import signal


def can_be_waited_for() -> None:
    """Give SIGCHLD its default effect where it is ignored.

    Servers and job runners often ignore it, and their children inherit that across exec. The kernel then reaps every
    child by itself: its exit status is lost, and bubblewrap, which waits for the signal, waits forever.

    By the C library, since Python only lets the main thread set signals.
    """
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
        set_signal = ctypes.CDLL(None).signal
        set_signal.argtypes, set_signal.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
        set_signal(signal.SIGCHLD, int(signal.SIG_DFL))
