"""Running a coroutine to its end from anywhere, a notebook's running event loop included."""

import asyncio
import contextvars
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine, and give what it returns or raises.

    `asyncio.run` where no event loop is running in this thread; otherwise the same in a thread of its own, with this
    thread's context variables. A `KeyboardInterrupt` in the waiting thread cancels the coroutine, whose clean-up is
    waited for.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(main)
    return _in_a_thread(main)


def _in_a_thread(main: Coroutine[Any, Any, Result]) -> Result:
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()
    ended: Future[Result] = Future()

    async def reported() -> Result:
        task = asyncio.current_task()
        assert task is not None
        started.set_result((asyncio.get_running_loop(), task))
        return await main

    def work() -> None:
        try:
            ended.set_result(asyncio.run(reported()))
        except BaseException as error:
            ended.set_exception(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), name="event-loop")
    thread.start()
    try:
        return ended.result()
    except BaseException:
        if not ended.done():
            loop, task = started.result()
            loop.call_soon_threadsafe(task.cancel)
        raise
    finally:
        thread.join()
