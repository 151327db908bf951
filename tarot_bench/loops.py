"""Run a coroutine to its end, also inside a running event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine, and return its result or raise its exception.

    `asyncio.run` where no event loop is running in this thread, otherwise an `EventLoop`.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(main)
    with EventLoop() as loop:
        return loop.run(main)


async def run_beside(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that may block in a separate event loop, while this event loop continues.

    Cancelling the caller cancels the coroutine, whose clean-up is waited for, however often the caller is cancelled.
    """
    with EventLoop() as loop:
        ended, cancel = loop.start(main)
        try:
            return await asyncio.wrap_future(ended)
        except BaseException:
            cancel()
            over = asyncio.ensure_future(asyncio.to_thread(wait, [ended]))
            while not over.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.shield(over)
            raise


class EventLoop:
    """An event loop in a separate thread, for objects that must stay in one loop across calls."""

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
        """Run a coroutine with this thread's context variables, and return its result or raise its exception.

        A `KeyboardInterrupt` in the waiting thread cancels the coroutine, whose clean-up is waited for.
        """
        ended, cancel = self.start(main)
        try:
            return ended.result()
        except BaseException:
            cancel()
            wait([ended])
            raise

    def start(self, main: Coroutine[Any, Any, Result]) -> tuple[Future[Result], Callable[[], None]]:
        """Start a coroutine with this thread's context variables.

        Returns:
            What it returns or raises, once it has ended, and a function that cancels it.
        """
        started: Future[asyncio.Task[Result]] = Future()
        ended: Future[Result] = Future()
        ended.set_running_or_notify_cancel()  # only the coroutine's own end decides it

        def finish(task: asyncio.Task[Result]) -> None:
            try:
                ended.set_result(task.result())
            except BaseException as error:
                ended.set_exception(error)

        def start() -> None:
            task = self._loop.create_task(main)
            task.add_done_callback(finish)
            started.set_result(task)

        def cancel() -> None:
            if not ended.done():
                self._loop.call_soon_threadsafe(started.result().cancel)

        self._loop.call_soon_threadsafe(start)
        return ended, cancel

    def close(self) -> None:
        """Cancel all running tasks, and end the thread. Idempotent."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
