"""Grade answers that are already there: one with `grade_text`, any number with `grade_many`.

python examples/grade_strings.py
"""

import tarot_bench as tb

PROBLEM = tb.Problem(
    id="count-vowels",
    statement="Read one line. Print how many of its letters are vowels (a, e, i, o, u, in either case).",
    tests=(
        tb.TestCase(tier=tb.Tier.BASIC, input="banana\n", output="3\n"),
        tb.TestCase(tier=tb.Tier.INTERMEDIATE, input="Apple and Egg\n", output="4\n"),
        tb.TestCase(tier=tb.Tier.COMPLEX, input="xyz " * 500 + "ok\n", output="1\n"),
        tb.TestCase(tier=tb.Tier.EDGE, input="\n", output="0\n"),
    ),
)
ANSWERS = (
    "```python\nprint(sum(letter in 'aeiou' for letter in input().lower()))\n```",
    "Upper case is easy to forget:\n```python\nprint(sum(letter in 'aeiou' for letter in input()))\n```",
    "I am not sure.",
)


def main() -> None:
    """Print the verdict of each tier for each answer."""
    first = tb.grade_text(PROBLEM, ANSWERS[0])
    print("solved" if first.solved else "not solved", "in", sum(result.cpu_s for result in first.results), "CPU s")
    for place, grade in tb.grade_many((PROBLEM, answer) for answer in ANSWERS):
        print(f"answer {place}:", ", ".join(f"{result.tier} {result.verdict}" for result in grade.results))


if __name__ == "__main__":
    main()
