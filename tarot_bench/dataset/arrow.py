"""Reading with pyarrow in processes that may end right afterwards."""

import atexit
import time
from functools import cache

_START_S = 0.05


@cache
def let_threads_start() -> None:
    """Have this process wait 50 ms when it ends; call it before reading with pyarrow.

    pyarrow 25 and 26 abort a process that ends while a thread of their pools is still starting ("terminate called
    without an active exception", status 134), as a short command that has just read Parquet does.
    """
    atexit.register(time.sleep, _START_S)
