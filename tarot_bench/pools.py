"""Thread pools for work that waits on the sandbox."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def threads(count: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Open a pool of threads. The block ends when all work is done, or at once if it raises.

    What runs then is left to the sandbox's end, which kills it: a program under test may sleep for minutes, and
    Ctrl-C must not wait for it.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix=name)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
