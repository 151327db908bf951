"""Run a coroutine to its end, also inside a running event loop."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine, and give what it returns or raises.

    `asyncio.run` where no event loop is running in this thread, otherwise an `EventLoop`.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(main)
    with EventLoop() as loop:
        return loop.run(main)


class EventLoop:
    """An event loop in a thread of its own, for objects that must stay in one loop from call to call."""

    def __init__(self) -> None:
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

        async def serve() -> None:
            stop = asyncio.Event()
            started.set_result((asyncio.get_running_loop(), stop))
            await stop.wait()

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), name="event-loop", daemon=True)
        self._thread.start()
        self._loop, self._stop = started.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine with this thread's context variables, and give what it returns or raises.

        A `KeyboardInterrupt` in the waiting thread cancels the coroutine, whose clean-up is waited for.
        """
        started: Future[asyncio.Task[Result]] = Future()
        ended: Future[Result] = Future()

        def finish(task: asyncio.Task[Result]) -> None:
            try:
                ended.set_result(task.result())
            except BaseException as error:
                ended.set_exception(error)

        def start() -> None:
            task = self._loop.create_task(main)
            task.add_done_callback(finish)
            started.set_result(task)

        self._loop.call_soon_threadsafe(start)
        try:
            return ended.result()
        except BaseException:
            if not ended.done():
                self._loop.call_soon_threadsafe(started.result().cancel)
                wait([ended])
            raise

    def close(self) -> None:
        """Cancel what still runs, and end the thread. Idempotent."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
