"""Programs that import numpy get it, warm or cold; others never see it."""

import pytest

from tests.sandbox.conftest import Runner

PROGRAM = "import numpy as np\nprint(int(np.arange(int(input())).sum()), np.linalg.det(np.eye(3)))"
HIDDEN = "import sys\nprint('num' + 'py' in sys.modules)\n__import__('num' + 'py')"


@pytest.fixture(params=["local", "cold"])
def runner(request):
    return Runner(request.getfixturevalue(request.param))


def test_a_program_that_imports_numpy_has_it(runner):
    executions = runner.many(PROGRAM, [b"10", b"100"])
    assert [execution.stdout for execution in executions] == [b"45 1.0\n", b"4950 1.0\n"]


def test_a_program_that_does_not_name_numpy_cannot_see_it(runner):
    execution = runner.stdin(HIDDEN)
    assert execution.stdout == b"False\n"
    assert b"No module named 'numpy'" in execution.stderr


def test_a_returned_numpy_number_arrives_as_the_number_it_is(runner):
    from tarot_bench.sandbox.values import decode

    execution = runner.call("import numpy as np\ndef f(n):\n    return np.int64(n), np.float64(0.5), np.bool_(True)", 7)
    assert decode(execution.result) == (7, 0.5, True)


def test_nothing_of_numpy_survives_from_one_test_to_the_next(runner):
    source = "import numpy as np\nprint(hasattr(np, 'mark'))\nnp.mark = 1"
    assert [execution.stdout for execution in runner.many(source, [b""] * 3)] == [b"False\n"] * 3


def test_other_installed_packages_stay_out_of_sight(runner):
    execution = runner.stdin("import numpy\nimport pydantic")
    assert b"No module named 'pydantic'" in execution.stderr
