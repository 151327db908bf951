# wants: return numpy arrays of objects, of nothing, and of far too much
# routes: call suite
# limits: memory_mib=1024 cpu_s=3 wall_s=9
import numpy


class Item(numpy.ndarray):
    item = lambda self: 10**5000
    ndim = 0


def solve(token):
    return [numpy.array([object()]), numpy.float64("nan"), numpy.zeros((0, 5)), numpy.int64(5).view(), Item(())]
