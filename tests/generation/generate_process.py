"""Runs `generate` in a process that may be told to kill itself: ``python -m … RECIPE OUTPUT [SECONDS]``."""

import os
import signal
import sys
import threading
from pathlib import Path

from tarot_bench.generation.factory import generate
from tarot_bench.generation.recipe import load_recipe


class Quiet:
    def begin(self, what, total, done=0):
        pass

    def step(self, count=1):
        pass

    def requests(self, state):
        pass

    def note(self, message):
        pass

    def end(self):
        pass


if __name__ == "__main__":
    recipe, output, *seconds = sys.argv[1:]
    if seconds:
        timer = threading.Timer(float(seconds[0]), os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
    generate(load_recipe(recipe), Path(output), Quiet(), resume=True)
