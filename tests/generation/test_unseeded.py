"""A program that draws random numbers without a seed is refused even if two runs of it agree."""

import pytest

from tarot_bench.generation.unseeded import draws_unseeded

UNSEEDED = [
    "import random\nrng = random.Random()\nprint(rng.choice([1, 2]))",
    "import random\nprint(random.randint(1, 9))",
    "import random as r\nr.shuffle([1, 2])",
    "from random import randint\nprint(randint(1, 9))",
    "import random\nrandom.seed()\nprint(random.random())",
    "import numpy as np\nprint(np.random.randint(5))",
    "import numpy.random\nprint(numpy.random.rand())",
    "from numpy.random import default_rng\nprint(default_rng().random())",
    "from random import Random as R\nprint(R().random())",
]
SEEDED = [
    "import random\nrng = random.Random(int(input()))\nprint(rng.random())",
    "import random\nrng = random.Random()\nrng.seed(int(input()))",
    "from random import *\nseed(int(input()))\nprint(randint(1, 9))",
    "import numpy as np\nprint(np.random.default_rng(seed=int(input())).random())",
    "from random import Random as R\nr = R(int(input()))\nprint(r.random())",
    "import random\nR = random.Random\nr = R(int(input()))\nprint(r.random())",
    "import random\nprint(1)",
    "print('random.random()')",
    "def f(random): return 1\nprint(f(2))",
    "no program (",
]


@pytest.mark.parametrize("source", UNSEEDED)
def test_random_numbers_without_a_seed_are_found(source):
    assert draws_unseeded(source)


@pytest.mark.parametrize("source", SEEDED)
def test_programs_with_a_seed_or_without_chance_are_let_through(source):
    assert not draws_unseeded(source)
