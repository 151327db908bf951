"""Rows of our own in the forms of HumanEval+ and of CodeContests."""

RISING = {
    "task_id": "Own/0",
    "prompt": 'def count_rises(values):\n    """Count the places where a list of numbers rises."""\n',
    "canonical_solution": (
        "    found = 0\n    for left, right in zip(values, values[1:]):\n        if left < right:\n"
        "            found += 1\n    return found\n"
    ),
    "entry_point": "count_rises",
    "test": "def check(candidate):\n    assert candidate([1, 2]) == 1\n",
    "contract": "",
    "atol": 0,
    "base_input": [[[1, 2]], [[3, 1, 2]]],
    "plus_input": [[[]], [[4]], *[[[(7 * k * k) % 23 for k in range(size)]] for size in range(2, 14)]],
}
MEANS = {
    **RISING,
    "task_id": "Own/1",
    "prompt": 'def mean(values):\n    """The mean of numbers."""\n',
    "canonical_solution": (
        "    total = 0.0\n    for value in values:\n        total += value\n    return total / len(values)\n"
    ),
    "entry_point": "mean",
    "test": "def check(candidate):\n    assert candidate([1, 2]) == 1.5\n",
    "base_input": [[[3, 4]], [[8]]],
    "plus_input": [[[]], *[[[(5 * k * k) % 19 for k in range(size)]] for size in range(2, 13)]],
}
SUMS = {
    "name": "1_A. Sums",
    "description": "Read n and n numbers; print their sum.",
    "solutions": {"language": [3], "solution": ["input()\nprint(sum(map(int, input().split())))\n"]},
    "incorrect_solutions": {
        "language": [3, 1],
        "solution": ["input()\nprint(sum(map(int, input().split()[:4])))\n", "x"],
    },
    "public_tests": {"input": ["2\n4 5\n"], "output": ["9\n"]},
    "private_tests": {
        "input": [f"{size}\n{' '.join(str(3 * k + 2) for k in range(size))}\n" for size in range(1, 9)] + ["1\n8\n"],
        "output": [f"{sum(3 * k + 2 for k in range(size))}\n" for size in range(1, 9)] + ["9\n"],
    },
}
