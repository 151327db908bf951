"""Coroutines run to their end, with and without an event loop around them."""

import asyncio
import contextvars
import os
import signal
import threading
import time

import pytest

from tarot_bench import loops

VARIABLE = contextvars.ContextVar("variable", default="unset")


async def answer(value=42):
    await asyncio.sleep(0)
    return value, VARIABLE.get()


async def fail():
    await asyncio.sleep(0)
    raise LookupError("gone")


def inside_a_loop(call):
    async def cell():
        return call()

    return asyncio.run(cell())


@pytest.mark.parametrize("where", [lambda call: call(), inside_a_loop], ids=["without a loop", "in a running loop"])
def test_results_errors_and_context_come_through(where):
    token = VARIABLE.set("set")
    try:
        assert where(lambda: loops.run(answer())) == (42, "set")
    finally:
        VARIABLE.reset(token)
    with pytest.raises(LookupError, match="gone"):
        where(lambda: loops.run(fail()))


def test_an_interrupt_of_the_waiting_thread_cancels_the_coroutine_and_waits_for_its_clean_up():
    cleaned = threading.Event()

    async def long():
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            cleaned.set()

    async def cell():
        with pytest.raises(KeyboardInterrupt):
            loops.run(long())
        assert cleaned.is_set()

    before = time.monotonic()
    loop = asyncio.new_event_loop()  # asyncio.run would take the interrupt for its own
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    try:
        loop.run_until_complete(cell())
    finally:
        loop.close()
        signal.signal(signal.SIGINT, handler)
    assert time.monotonic() - before < 30


def test_a_coroutine_beside_the_loop_gives_results_errors_and_context():
    async def cell():
        token = VARIABLE.set("set")
        try:
            assert await loops.run_beside(answer()) == (42, "set")
        finally:
            VARIABLE.reset(token)
        with pytest.raises(LookupError, match="gone"):
            await loops.run_beside(fail())

    asyncio.run(cell())


def test_the_loop_goes_on_while_the_coroutine_blocks_its_own():
    going_on = threading.Event()

    async def blocking():
        assert going_on.wait(60)

    async def cell():
        beside = asyncio.create_task(loops.run_beside(blocking()))
        await asyncio.sleep(0.01)
        going_on.set()
        await beside

    asyncio.run(cell())


def test_the_clean_up_of_a_cancelled_coroutine_is_waited_for_however_often_it_is_cancelled():
    started, cleaned = threading.Event(), threading.Event()

    async def long():
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            time.sleep(0.2)
            cleaned.set()

    async def cell():
        task = asyncio.create_task(loops.run_beside(long()))
        await asyncio.to_thread(started.wait)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert cleaned.is_set()

    asyncio.run(cell())
