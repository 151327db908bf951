"""A grammar of chat answers: hypothesis strategies that wrap a program in what models write around it."""

from hypothesis import strategies as st

PROSE = (
    "Sure! Here is the solution.",
    "Let's think step by step:",
    "It's simple - don't overthink it.",
    "1. Read the input\n2. Double it\n3. Print",
    "| case | cost |\n|---|---|\n| all | O(n) |",
    "## Explanation",
    "**Time complexity:** O(n log n), where `n = len(data)`",
    "The function uses `print(x)` and ``a `b` c``.",
    "Note: this assumes valid input",
    "I “quote” it — naïvely 🙂",
    "Done",
    "x = 3 is the first sample, for example: trivial",
    "import is needed from the standard library",
    "> a quotation",
    "Answer: yes",
    "$$\\sum_{i=1}^n i$$",
    "I can close with `</think>` or mention <think> in passing.",
    "\u200b\u00a0",
    "",
)
OTHER_BLOCKS = (
    "```\n3\n```",
    "```\nYES\n```",
    "```text\n1 2 3\n4\n```",
    "```bash\npip install numpy\npython main.py\n```",
    "```sh\npython3 solution.py < in.txt\n```",
    '```json\n{"n": 3, "ok": true}\n```',
    "```\nInput: nums = [1, 2]\nOutput: 3\n```",
    "```cpp\nint main() { return 0; }\n```",
    "```javascript\nconsole.log(1)\n```",
    "~~~\n6\n~~~",
    "```output\nresult = 5\n```",
    "```python\n>>> entry(1)\n2\n```",
    "```python\n# nothing but a comment\n```",
    "```python\n```",
    "```diff\n- a\n+ b\n```",
    "`inline = 1`",
    "```inline()```",
    "```\n\n```",
)
USAGE = {
    "function": (
        "```python\nprint(entry(3))  # 4\n```",
        "```python\nassert entry(1) == 2\nassert entry(2) == 3\n```",
        "```python\nfrom solution import entry\n\nprint(entry(3))\n```",
        "```python\nimport unittest\n\n\nclass TestEntry(unittest.TestCase):\n"
        "    def test_entry(self):\n        self.assertEqual(entry(1), 2)\n```",
        "```\nresult = entry(5)\nprint(result)\n```",
        "```python\ndef entry(x):\n    ...\n```",
        '```python\ndef entry(x):\n    """What it is for."""\n    pass\n```',
        "```py\nfor i in range(3):\n    print(i, entry(i))\n```",
    ),
    "method": (
        "```python\nprint(Solution().entry(3))\n```",
        "```python\ns = Solution()\nassert s.entry(1) == 2\n```",
        "```python\nclass Solution:\n    def entry(self, x):\n        pass\n```",
    ),
    "stdin": (
        '```python\nimport subprocess\n\nprint(subprocess.run(["python3", "main.py"], input=b"3"))\n```',
        '```python\nimport io\nimport sys\n\nsys.stdin = io.StringIO("3")\nmain()\n```',
        "```python\nmain()\n```",
        "```python\nn = int(input())\n```",
        "```python\nassert solve(3) == 6\n```",
        "```\nprint(12)\n```",
    ),
}
DRAFTS = {
    "function": "```python\ndef entry(x):\n    return 'draft'\n```\n\nWait, that is wrong. Let me fix it:",
    "method": "```python\nclass Solution:\n    def entry(self, x):\n        return 'draft'\n```\n\nA bug. Fixed:",
    "stdin": "```python\nn = int(input())\nprint('draft')\n```\n\nHmm, this fails for 0. The corrected program:",
}
REASONING = (
    "",
    "<think>\n\n</think>\n\n",
    "<think>\nLet me see. ```python\ndef entry(x): return 0\n``` no.\n</think>\n",
    "<THINK>hm</THINK>\n",
    "<think>a</think>\n<think>b <answer>0</answer></think>",
    "still thinking, n = 3\n```python\nprint(input())\nno closing fence\n</think>\n",
    "<reasoning>\n```\nclass Solution:\n    def entry(self, x): return 0\n```\n</reasoning>\n",
    "<thinking>\nI should end with </think> later.\n</thinking>\n",
)
LABELS = ("python", "py", "Python", "PYTHON", "python3", "Python3", "", " python", "{.python}", 'python title="x.py"')
LABELS += ("python:main.py", "python linenums=1", "py3", "language-python", "python ")


def longest_run(text, mark):
    best = run = 0
    for character in text:
        run = run + 1 if character == mark else 0
        best = max(best, run)
    return best


@st.composite
def fenced(draw, code, *, last=False):
    """A program in some spelling of a fence; only the very last block of a text may stay open."""
    mark = draw(st.sampled_from(["```", "```", "```", "~~~", "````"]))
    label = draw(st.sampled_from(LABELS if mark == "```" else LABELS[:6]))
    if mark != "```" and "```python" in code:
        label = label or "python"
    indent = draw(st.sampled_from(["", "", "", "  ", "   ", "- ", "1. "])) if '"""' not in code else ""
    before = draw(st.sampled_from(["", "", "", "The code: "])) if label.strip().lower() in ("python", "py") else ""
    body = "\n".join(" " * len(indent) + line if line.strip() else line for line in code.split("\n"))
    end = draw(st.sampled_from(["closed", "closed", "closed", "unclosed"])) if last else "closed"
    if not label.strip() and mark == "~~~" and end == "unclosed":
        end = "closed"
    closing = "" if end == "unclosed" else f"\n{' ' * len(indent)}{mark}"
    return f"{indent or before}{mark}{label}\n{body}{closing}"


@st.composite
def answers(draw, code, style):
    """A chat answer whose program is `code`."""
    noise = st.one_of(st.sampled_from(PROSE), st.sampled_from(OTHER_BLOCKS))
    before = draw(st.lists(st.one_of(noise, st.just(DRAFTS[style])), max_size=3))
    after = draw(st.lists(st.one_of(noise, st.sampled_from(USAGE[style])), max_size=3))
    block = draw(fenced(code, last=not after))
    wrapper = draw(st.sampled_from(["", "", "answer", "solution", "ANSWER"])) if code.count("\n\n\n") < 3 else ""
    if wrapper:
        block = f"<{wrapper}>\n{block}\n</{wrapper}>"
    text = draw(st.sampled_from(REASONING)) + "\n\n".join([*before, block, *after])
    ending = draw(st.sampled_from(["", "\n", "<|im_end|>", "\n</s>\n"]))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return (draw(st.sampled_from(["", "\ufeff"])) + text + ending).replace("\n", newline)
