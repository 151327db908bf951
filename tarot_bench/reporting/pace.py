"""Measure how fast steps are done, and estimate the time left."""

from collections import deque

_WINDOW_S = 60.0
_LEAST_STEPS = 32


class Pace:
    """Measures the rate over the last minute, or over the last 32 steps if these took longer.

    A shorter window would follow every burst of answers, and the whole phase would remember a start from the cache
    for hours.
    """

    def __init__(self, now_s: float, done: int = 0) -> None:
        """Start to measure; the ``done`` steps from before are not counted."""
        self._marks: deque[tuple[float, int]] = deque([(now_s, done)])

    def at(self, now_s: float, done: int) -> None:
        """Record that ``done`` steps are done now."""
        self._marks.append((now_s, done))
        while now_s - self._marks[1][0] >= _WINDOW_S and done - self._marks[1][1] >= _LEAST_STEPS:
            self._marks.popleft()

    def rate(self, now_s: float) -> float:
        """Return steps per second, 0.0 before the first step; decreases while no step is done."""
        (start_s, before), (_, done) = self._marks[0], self._marks[-1]
        return (done - before) / max(now_s - start_s, 1e-3)

    def left_s(self, now_s: float, total: int) -> float | None:
        """Return the seconds until ``total`` steps are done at this rate; None while unknown."""
        rate = self.rate(now_s)
        return max(0, total - self._marks[-1][1]) / rate if rate > 0 else None


def told_rate(rate: float) -> str:
    """Format a rate in a suitable unit: ``2.1/s``, ``14.0/min``."""
    return f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"


def told_duration(seconds: float) -> str:
    """Format an estimated duration, rounded: ``40 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 90:
        return f"{5 * max(1, round(seconds / 5))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
