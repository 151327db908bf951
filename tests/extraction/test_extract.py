"""What chat models really write, and what of it is the program."""

import ast

import pytest

from tarot_bench.extraction import extract
from tarot_bench.verdict import Verdict
from tests.extraction.programs import CALLS, FUNCTION, METHOD, METHODS, READS, STDIN, problem

PROGRAM = STDIN["main guard"]
ENTRY = "def entry(x):\n    return x + 1"
OTHER = "def entry(x):\n    return x - 1"
STARTER = '''from typing import List
import math


def helper(x: int) -> int:
    return x + 1


def entry(xs: List[int]) -> int:
    """Add one.

    >>> entry([1])
    2
    """
'''
BASE = problem("entry", STARTER)
SIGNATURE = problem("entry", "def entry(xs):")
LEET = problem("Solution.entry", "class Solution:\n    def entry(self, nums: List[int]) -> int:\n        ")


def py(code, label="python"):
    return f"```{label}\n{code}\n```"


def taken(*parts, wanted=READS, finish_reason=None):
    return extract("\n\n".join(parts), wanted, finish_reason).code


def same(code, other):
    return code is not None and ast.dump(ast.parse(code)) == ast.dump(ast.parse(other))


def behaves(code, call, **given):
    """What a call gives in a namespace made by the (our own, harmless) code."""
    namespace = dict(given)
    exec(compile(code, "<test>", "exec", dont_inherit=True), namespace)
    return eval(call, namespace)


# ---- one block and what stands around it


@pytest.mark.parametrize("label", ["python", "py", "Python", "PYTHON", "python3", "Python3", "py3", "python3.11", ""])
def test_a_fence_may_be_spelled_in_many_ways(label):
    assert taken("Here:", py(PROGRAM, label), "Done.") == PROGRAM


@pytest.mark.parametrize(
    "label",
    [
        'python title="x.py"',
        "{.python}",
        "{python}",
        "python {linenos=true}",
        "python:main.py",
        "solution.py",
        " python ",
    ],
)
def test_a_fence_may_say_more_than_its_language(label):
    assert taken(py(PROGRAM, label)) == PROGRAM


def test_a_fence_may_hold_the_first_line_of_the_code():
    assert taken("```python import sys\nprint(sys.stdin.read())\n```") == "import sys\nprint(sys.stdin.read())"
    assert taken("```import sys\nprint(sys.stdin.read())\n```") == "import sys\nprint(sys.stdin.read())"
    assert taken("```python print(input())```") == "print(input())"


def test_the_language_may_stand_on_a_line_of_its_own():
    assert taken(f"```\npython\n{PROGRAM}\n```") == PROGRAM
    assert taken(f"python\n{PROGRAM}") == PROGRAM


def test_a_fence_may_be_of_tildes_or_longer_than_three():
    assert taken(f"~~~python\n{PROGRAM}\n~~~") == PROGRAM
    assert taken(f"````python\n{PROGRAM}\n````") == PROGRAM
    assert taken(f"````python\n{PROGRAM}\n```\nDone.") == PROGRAM
    assert taken(f"'''python\n{PROGRAM}\n'''") == PROGRAM


def test_a_fence_may_follow_text_on_its_line():
    assert taken(f"The code: ```python\n{PROGRAM}\n```") == PROGRAM
    assert taken(f"The code:```\n{PROGRAM}\n```") == PROGRAM


def test_a_closing_fence_may_be_glued_to_the_code_or_to_prose():
    assert taken(f"```python\n{PROGRAM}```\n\nNow a test:\n\n```\n3\n```") == PROGRAM
    assert taken(f"```python\n{PROGRAM}\n``` This works because it does.\n\n```\n3\n```") == PROGRAM


def test_a_closing_fence_may_be_missing():
    assert taken(f"```python\n{PROGRAM}") == PROGRAM
    assert taken(f"```python\n{ENTRY}\n\nA test:\n```python\nprint(entry(3))\n```", wanted=CALLS).strip() == ENTRY
    assert taken(f"```python\n{PROGRAM}\n\nThis reads the data and counts it.") == PROGRAM


def test_an_opening_fence_may_be_missing_where_a_template_wrote_it():
    assert taken(f"{ENTRY}\n```\n\nAn example:\n\n```python\nprint(entry(3))\n```", wanted=CALLS) == ENTRY
    assert taken(f"{PROGRAM}\n```\nIt counts.\n```\n3\n```") == PROGRAM
    assert same(taken("    return helper(xs[0])\n```\n\nDone.", wanted=BASE), STARTER + "    return helper(xs[0])")


def test_what_a_template_opened_is_weighed_like_any_other_block():
    assert taken(f"{ENTRY}\n```\n\nAlternatively, slower:\n\n{py(OTHER)}", wanted=CALLS) == ENTRY
    assert taken(f"{OTHER}\n```\n\nThat is wrong. Fixed:\n\n{py(ENTRY)}", wanted=CALLS) == ENTRY


@pytest.mark.parametrize("indent", ["  ", "    ", "\t", "- ", "1. ", "   - "])
def test_a_block_in_a_list_item_loses_the_indentation_of_the_item(indent):
    body = "\n".join(" " * len(indent) + line for line in PROGRAM.split("\n"))
    body = body if indent != "\t" else "\n".join("\t" + line for line in PROGRAM.split("\n"))
    assert same(taken("1. First:", f"{indent}```python\n{body}\n{indent if indent.isspace() else ''}```"), PROGRAM)
    assert same(taken(f"- ```python\n{PROGRAM}\n  ```"), PROGRAM)


def test_a_block_may_be_quoted():
    quoted = "\n".join(f"> {line}" for line in py(PROGRAM).split("\n"))
    assert same(taken("He said:", quoted, "End."), PROGRAM)


def test_a_block_may_be_inside_a_page_of_markdown():
    assert taken(f"````markdown\n# Title\n\n{py(PROGRAM)}\n\nDone.\n````") == PROGRAM
    assert taken(f"```markdown\n# Title\n\n{py(PROGRAM)}\n```") == PROGRAM


def test_line_ends_and_marks_of_any_system_are_read():
    assert taken(py(PROGRAM).replace("\n", "\r\n")) == PROGRAM
    assert taken("\ufeff" + py(PROGRAM)) == PROGRAM
    assert taken(py(PROGRAM) + "<|im_end|>") == PROGRAM
    assert taken(PROGRAM + "<|endoftext|></s>\n") == PROGRAM
    assert taken(PROGRAM + "\n</s><eos>") == PROGRAM


def test_what_follows_the_end_of_the_turn_is_not_the_answer():
    assert taken(py(ENTRY) + "<|im_end|>\n<|im_start|>user\nAnother.", py(OTHER), wanted=CALLS) == ENTRY
    assert taken(f"{ENTRY}\n<|endoftext|>{OTHER}", wanted=CALLS) == ENTRY
    assert taken("<|im_start|>" + py(ENTRY), wanted=CALLS) == ENTRY


def test_spaces_that_a_chat_interface_broke_are_mended_only_where_that_is_needed():
    assert taken(py("def f():\n\u00a0\u00a0\u00a0 print(input())\u200b\nf()")) == "def f():\n    print(input())\nf()"
    broken = py(ENTRY.replace(" ", "\u00a0"))
    assert taken(py(OTHER), "That is wrong. Fixed:", broken, wanted=CALLS) == ENTRY
    assert taken(py("print(input(), '\u00a0\u200b')")) == "print(input(), '\u00a0\u200b')"


@pytest.mark.parametrize("code", STDIN.values(), ids=STDIN)
def test_every_stdin_program_comes_out_of_a_fence_and_without_one(code):
    assert same(taken(py(code)), code)
    assert same(taken(code), code)


@pytest.mark.parametrize("code", FUNCTION.values(), ids=FUNCTION)
def test_every_kind_of_entry_point_is_found(code):
    assert same(taken(py(code), py("print(entry(3))"), wanted=CALLS), code)
    assert same(taken(code, wanted=CALLS), code)


@pytest.mark.parametrize("code", METHOD.values(), ids=METHOD)
def test_a_method_is_found_in_its_class(code):
    decoy = "class Other:\n    def entry(self, x):\n        return 0\n\n\ndef entry(x):\n    return 0"
    assert same(taken(py(code), py(decoy), wanted=METHODS), code)


# ---- several blocks


def test_the_last_of_several_versions_wins():
    assert taken(py(OTHER), "Wait, there is a bug. Fixed:", py(ENTRY), wanted=CALLS) == ENTRY
    wrong = PROGRAM.replace("len(data)", "0")
    assert taken(py(wrong), "Hmm, that prints 0. The corrected program:", py(PROGRAM)) == PROGRAM
    assert taken(py(OTHER), "No wait.", py(ENTRY, ""), wanted=CALLS) == ENTRY


@pytest.mark.parametrize(
    "distractor",
    [
        py("print(entry(3))"),
        py("assert entry(1) == 2"),
        py("from solution import entry\n\nprint(entry(3))"),
        py("import pytest\nfrom my_module import entry\n\n\ndef test_entry():\n    assert entry(1) == 2"),
        py("def entry(x):\n    ..."),
        py("def entry(x):\n    # your code here\n    pass"),
        py("def entry(x):\n    raise NotImplementedError"),
        py('def entry(x):\n    """Add one."""'),
        py("def entry(x):\n    y = x\n    # ... (same as before)\n    return y"),
        py("def test_entry():\n    assert entry(1) == 2"),
        py("4", ""),
        py("True", ""),
        py("entry(3)", ""),
        py("result = 4", ""),
        py("Input: x = 3", ""),
        py("pip install numpy", "bash"),
        py('{"x": 1}', "json"),
        py("[1, 2]", "python"),
        py("def entry(x):\n    return 'pseudo'", "text"),
        py(">>> entry(3)\n4", "pycon"),
        py("# Output: 4"),
        "```python\n```",
        "Run `python main.py` and ```inline``` code.",
        "| n | cost |\n|---|---|\n| 1 | `O(1)` |",
    ],
)
def test_what_follows_the_solution_does_not_replace_it(distractor):
    assert taken("Sure!", py(ENTRY), "Then:", distractor, wanted=CALLS) == ENTRY
    assert taken(distractor, "So:", py(ENTRY), wanted=CALLS).endswith(ENTRY)


@pytest.mark.parametrize(
    "distractor",
    [
        py("3\n1 2 3", ""),
        py("6", ""),
        py("YES", ""),
        py("1 2 3", "text"),
        py("main()"),
        py("import io\nsys.stdin = io.StringIO('3')\nmain()"),
        py("from unittest.mock import patch\n\nwith patch('builtins.input', return_value='3'):\n    main()"),
        py("import subprocess\nprint(subprocess.run(['python3', 'main.py'], input=b'3'))"),
        py("import random\n\nprint(random.randint(1, 9))"),
        py("data = sys.stdin.read().split()"),
        py("print(len(data))"),
        py("def main():\n    data = sys.stdin.read().split()\n    print(len(data))"),
        py("python3 main.py < input.txt", "bash"),
        py("#include <cstdio>\nint main() { return 0; }", "cpp"),
        py("console.log(require('fs').readFileSync(0))", "js"),
    ],
)
def test_what_follows_a_stdin_program_does_not_replace_it(distractor):
    assert taken("Sure!", py(PROGRAM), "Then:", distractor) == PROGRAM


def test_an_alternative_or_a_quotation_is_not_the_answer():
    assert taken(py(ENTRY), "Alternatively, a slower way:", py(OTHER), wanted=CALLS) == ENTRY
    assert taken(py(PROGRAM), "For comparison, brute force:", py("n = input()\nprint(n)")) == PROGRAM
    long = "def entry(x):\n    y = x\n    return y + 1"
    assert taken(py(long), "Step by step. First,", py("def entry(x):\n    y = x"), "copies.", wanted=CALLS) == long


def test_a_walk_through_does_not_replace_what_it_walks_through():
    long = "def entry(x):\n    y = x\n    return y + 1"
    steps = [
        "Let's break it down, line by line:",
        py("def entry(x):\n    y = x"),
        "then",
        py("    return y + 1"),
        "Done.",
    ]
    assert taken(py(long), *steps, wanted=CALLS) == long
    program = "import sys\nfor line in sys.stdin:\n    print(line)\nprint('end')"
    assert taken(py(program), "Let's see:", py("import sys\nfor line in sys.stdin:\n    print(line)")) == program


def test_a_program_in_a_fence_of_another_name_counts_if_there_is_nothing_better():
    assert taken(py(ENTRY, "text"), wanted=CALLS) == ENTRY
    assert taken(py(PROGRAM, "plaintext")) == PROGRAM
    assert taken(py(ENTRY, "text"), py("print(entry(3))"), wanted=CALLS) == ENTRY
    assert taken(py("console.log(1)", "js"), wanted=CALLS) is None
    assert taken(py("console.log(1)", "js")) is None


def test_the_same_function_without_its_tests_is_no_quotation():
    tested = f"{ENTRY}\n\n\nassert entry(1) == 3"
    assert taken(py(tested), "So, in the end:", py(ENTRY), wanted=CALLS) == ENTRY


def test_an_alternative_is_the_answer_where_it_corrects_or_stands_alone():
    assert taken(py(OTHER), "That fails. Let me try an alternative:", py(ENTRY), wanted=CALLS) == ENTRY
    assert taken("An alternative approach:", py(ENTRY), wanted=CALLS) == ENTRY
    assert taken(py(OTHER), "That is too slow. An alternative uses a heap:", py(ENTRY), wanted=CALLS) == ENTRY
    assert taken(py(OTHER), "The brute force above takes O(n^2). With a heap:", py(ENTRY), wanted=CALLS) == ENTRY
    assert taken(py(OTHER), "A more efficient alternative:", py(ENTRY), wanted=CALLS) == ENTRY


def test_the_last_block_that_parses_is_taken_where_none_fits():
    assert taken(py("def solve(n):\n    return n"), py("def solve(n):\n    return 2 * n")).endswith("return 2 * n")
    assert taken(py("def g(x):\n    return x"), py("def h(x):\n    return x"), wanted=CALLS).startswith("def h")
    assert taken(py("print(42)"), py("42", "")) == "print(42)"


def test_code_that_does_not_parse_is_still_the_answer():
    assert taken("Here:", py("def entry(x):\n    return x +"), wanted=CALLS) == "def entry(x):\n    return x +"
    assert taken("Here:", py(")(")) == ")("
    assert taken("Here:", py("# nothing yet")) == "# nothing yet"
    assert taken("Here:", py("print 'Python 2', raw_input()")) == "print 'Python 2', raw_input()"
    assert taken("Here:\n\ndef entry(x):\n    return x +\n", wanted=CALLS) == "def entry(x):\n    return x +"


def test_a_broken_function_is_never_cut_to_a_shorter_one_that_parses():
    broken = "def entry(x):\n    y = x\n    z = = 1\n    return y"
    for text in (broken, f"Here:\n\n{broken}\n\nDone.", py(broken), f"```python\n{broken}"):
        assert taken(text, wanted=CALLS) == broken
        assert extract(text, CALLS, "length").verdict is Verdict.TRUNCATED


def test_a_block_that_parses_is_preferred_to_one_that_does_not():
    assert taken(py(ENTRY), "or", py("def entry(x):\n    return ("), wanted=CALLS) == ENTRY


# ---- definitions in other blocks


def test_helpers_of_an_earlier_block_are_lent_and_nothing_else():
    helper = "import math\n\n\ndef helper(x):\n    return math.floor(x) + OFFSET\n\n\nprint('test', helper(3))"
    constant = "OFFSET = 1\nUNUSED = 2"
    code = taken(py(constant), py(helper), "and now", py("def entry(x):\n    return helper(x)"), wanted=CALLS)
    assert behaves(code, "entry(3)") == 4
    assert "test" not in code
    assert "UNUSED" not in code


def test_the_latest_definition_is_lent():
    first, second = "def helper(x):\n    return x", "def helper(x):\n    return x + 1"
    code = taken(py(first), py(second), py("def entry(x):\n    return helper(x)"), wanted=CALLS)
    assert behaves(code, "entry(3)") == 4


def test_nothing_is_lent_that_the_block_defines_itself():
    own = "def helper(x):\n    return x + 1\n\n\ndef entry(x):\n    return helper(x)"
    assert taken(py("def helper(x):\n    return 0"), py(own), wanted=CALLS) == own


def test_later_blocks_lend_nothing():
    code = taken(py("def entry(x):\n    return helper(x)"), py("def helper(x):\n    return x"), wanted=CALLS)
    assert "def helper" not in code


def test_a_call_in_a_block_of_its_own_makes_a_program_of_the_definitions_before_it():
    defined = "def main():\n    print(int(input()) * 2)"
    code = taken(py(defined), "Then call it:", py("main()"))
    assert same(code, defined + "\n\n\nmain()")


def test_a_corrected_main_borrows_the_helpers_of_the_draft():
    draft = "def twice(n):\n    return 2 * n\n\n\nprint(twice(input()))"
    code = taken(py(draft), "Fix the last part:", py("n = int(input())\nprint(twice(n))"))
    assert same(code, "def twice(n):\n    return 2 * n\nn = int(input())\nprint(twice(n))")


# ---- reasoning


@pytest.mark.parametrize(
    "thought",
    [
        "<think>\n\n</think>",
        f"<think>\n{py(OTHER)}\n</think>",
        f"<think>{py(OTHER)}</think>",
        f"{py(OTHER)}\n</think>",
        f"<THINK>{py(OTHER)}</Think>",
        f"<reasoning>\n{py(OTHER)}\n</reasoning>",
        f"<thinking>\n{py(OTHER)}\n</thinking>",
        f"<think>a</think>\n<think>\n{py(OTHER)}\n</think>",
        f"<think>\nI should end with </think> then.\n{py(OTHER)}\n</think>",
        f"<think>\n```python\n{OTHER}\n</think>",
        f"<think><answer>\n{py(OTHER)}\n</answer></think>",
        f"[THINK]{py(OTHER)}[/THINK]",
        f"◁think▷{py(OTHER)}◁/think▷",
        f"<|channel|>analysis<|message|>{py(OTHER)}<|end|><|start|>assistant<|channel|>final<|message|>",
    ],
)
def test_reasoning_is_never_the_answer(thought):
    assert taken(thought, py(ENTRY), wanted=CALLS) == ENTRY
    assert taken(thought, ENTRY, wanted=CALLS) == ENTRY
    found = extract(thought + "\n\nI do not know.", CALLS)
    assert (found.code, found.verdict) == (None, Verdict.NO_CODE)
    found = extract(thought, CALLS)
    assert (found.code, found.verdict) == (None, Verdict.NO_CODE)


@pytest.mark.parametrize(
    "thought",
    [
        f"<think>\n{py(ENTRY)}",
        f"<reasoning>{py(ENTRY)}",
        f"<think>a</think>\n<think>\n{py(ENTRY)}",
        f"{py(ENTRY)}\n<think>\nor rather",
        "<think>",
    ],
)
@pytest.mark.parametrize("finish_reason", [None, "stop", "length"])
def test_reasoning_without_an_end_is_truncated(thought, finish_reason):
    found = extract(thought, CALLS, finish_reason)
    assert (found.code, found.verdict) == (None, Verdict.TRUNCATED)
    assert "never closed" in found.how


def test_an_answer_between_two_thoughts_is_found():
    assert taken("<think>a</think>", py(ENTRY), "<think>b</think>", "Done.", wanted=CALLS) == ENTRY


def test_a_tag_that_is_spoken_of_is_no_tag():
    assert taken(py(ENTRY), "I ended my thoughts with `</think>` as asked.", wanted=CALLS) == ENTRY
    assert taken("I will not use <think> here.", py(ENTRY), wanted=CALLS) == ENTRY


def test_a_tag_after_the_last_comment_of_a_draft_ends_the_reasoning():
    assert taken(f"<think>\n{OTHER}  # or so</think>\n\n{py(ENTRY)}", wanted=CALLS) == ENTRY


def test_tags_in_a_program_are_its_own():
    code = STDIN["tags in strings"]
    for text in (py(code), code, f"<think>\nhm\n</think>\n{py(code)}", f"<answer>\n{py(code)}\n</answer>"):
        assert same(taken(text), code)


# ---- wrappers


@pytest.mark.parametrize("tag", ["answer", "solution", "ANSWER"])
def test_a_wrapper_narrows_the_text(tag):
    assert taken(py(OTHER), f"<{tag}>\n{py(ENTRY)}\n</{tag}>", py(OTHER), wanted=CALLS) == ENTRY
    assert taken(py(OTHER), f"<{tag}>\n{ENTRY}\n</{tag}>", wanted=CALLS).strip() == ENTRY
    assert taken(f"<{tag}>\n{py(ENTRY)}", wanted=CALLS) == ENTRY
    assert taken(f"<{tag}>```python\n{ENTRY}\n```</{tag}>", wanted=CALLS) == ENTRY


def test_the_last_wrapper_counts():
    assert taken(f"<answer>{py(OTHER)}</answer>", f"<answer>{py(ENTRY)}</answer>", wanted=CALLS) == ENTRY


def test_a_wrapper_without_a_program_is_passed_over():
    assert taken(py(ENTRY), "<answer>3</answer>", wanted=CALLS) == ENTRY
    assert taken("My <solution> is short.", py(ENTRY), wanted=CALLS) == ENTRY
    assert taken(py(ENTRY), "<answer>entry</answer>", "<answer></answer>", wanted=CALLS) == ENTRY
    assert taken(py(PROGRAM), "<answer>print(6)</answer>") == PROGRAM


def test_a_wrapper_may_stand_inside_the_fence():
    assert taken(f"```python\n<answer>\n{ENTRY}\n</answer>\n```", wanted=CALLS).strip() == ENTRY


def test_of_equally_good_blocks_the_wrapped_one_counts():
    assert taken("<answer>\nprint(1)\n</answer>", py("print(2)")).strip() == "print(1)"


def test_json_may_hold_the_program():
    assert taken('{"thoughts": "I add.", "code": "def entry(x):\\n    return x + 1"}', wanted=CALLS) == ENTRY
    assert taken(py('{"code": "def entry(x):\\n    return x + 1"}', "json"), wanted=CALLS) == ENTRY
    assert taken("Here:", py('{"code": "def entry(x):\\n    return x + 1", "n": 3}', ""), wanted=CALLS) == ENTRY
    assert taken(py('{"code": "def entry', "json"), wanted=CALLS) is None


# ---- without a fence


@pytest.mark.parametrize(
    "before", ["", "Here is the solution:\n\n", "Sure, it's easy.\n", "Let x = 3 be given.\n\n1. Add\n2. Return\n\n"]
)
@pytest.mark.parametrize(
    "after", ["", "\n\nThis works because it's right.", "\n\nDone", "\n\nTime: O(1)\n\n- fast\n- small"]
)
def test_code_between_prose_is_found(before, after):
    assert same(taken(before + ENTRY + after, wanted=CALLS), ENTRY)
    assert same(taken(before + PROGRAM + after), PROGRAM)


@pytest.mark.parametrize("code", [*STDIN.values(), *FUNCTION.values(), *METHOD.values()])
def test_any_program_between_prose_is_found(code):
    wanted = READS if code in STDIN.values() else CALLS if code in FUNCTION.values() else METHODS
    assert same(taken("Here it is, it's short:", code, "That's it, and it works.", wanted=wanted), code)


def test_an_indented_program_may_hold_text_at_the_margin():
    code = 'text = """\na\n  b\n"""\nprint(text, input())'
    indented = 'text = """\na\n  b\n    """\n    print(text, input())'
    assert behaves(taken("So:", "    " + indented, "Done."), "text", input=str, print=lambda *shown: None).startswith(
        "\na\n"
    )
    assert same(taken("So:", code, "Done."), code)


def test_a_declaration_is_not_prose():
    code = "n: int\nn = int(input())\nprint(n)"
    assert same(taken(code), code)


def test_unfenced_code_replaces_a_block_only_if_it_fits_better():
    assert taken(py("print(42)"), "In short:", "print(7)") == "print(42)"
    assert taken(py("42", ""), "In short:", "print(7)", "Done.") == "print(7)"
    assert same(taken(py("print(42)"), "Or rather:", PROGRAM, "Done."), PROGRAM)


def test_the_last_version_between_prose_wins():
    assert same(taken(OTHER, "Wait, that's wrong.", ENTRY, "Right.", wanted=CALLS), ENTRY)


def test_an_indented_block_between_prose_is_found():
    indented = "\n".join("    " + line if line else line for line in PROGRAM.split("\n"))
    assert same(taken("Here it is:", indented, "Done."), PROGRAM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "Yes",
        "42",
        "I don't know.",
        "Answer: yes",
        "print",
        "Done; Yes",
        "not found",
        "```\n3\n```",
        "```\n```",
        "pass",
        "...",
    ],
)
def test_prose_is_not_a_program(text):
    for wanted in (READS, CALLS):
        found = extract(text, wanted)
        assert (found.code, found.verdict) == (None, Verdict.NO_CODE)
        assert extract(text, wanted, "length").verdict is Verdict.TRUNCATED


# ---- cut off


def test_code_that_was_cut_off_is_truncated_and_not_a_compile_error():
    cut = "```python\ndef entry(x):\n    return (x +"
    assert extract(cut, CALLS, "length").verdict is Verdict.TRUNCATED
    assert extract(cut, CALLS, "stop").code == "def entry(x):\n    return (x +"
    assert extract(cut, CALLS).code == "def entry(x):\n    return (x +"
    assert extract("n = int(input())\nprint(n)\nfor i in ran(", READS, "length").verdict is Verdict.TRUNCATED


def test_an_answer_that_was_complete_before_the_cut_counts():
    assert extract(f"```python\n{ENTRY}", CALLS, "length").code == ENTRY
    assert extract(f"{py(ENTRY)}\n\nThis works bec", CALLS, "length").code == ENTRY
    assert extract(f"{py(ENTRY)}\n\n```python\nassert entry(", CALLS, "length").code == ENTRY
    assert (
        extract("    return helper(xs[0])\n\n\ndef more(", BASE, "length").code == STARTER + "    return helper(xs[0])"
    )


# ---- starter code


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n\n\ndef another(x):\n    return x\n",
        "\n\n\ndef entry(xs):\n    # TODO\n    pass\n",
        "\n\nprint(entry([1]))\n",
        '\n\nif __name__ == "__main__":\n    import doctest\n    doctest.testmod()\n',
        "\n\n# Test\nassert entry([1]) == 5\n",
        "\n```\n\nThis adds one.",
        '\n\n"""\nAnother problem\n"""\n\ndef f(',
        "\n\nThis function adds one to it's first item.\n",
        "\n\n\nclass Foo:\n    def broken(self",
    ],
)
@pytest.mark.parametrize(
    "body",
    ["    y = xs[0]\n    return helper(y)", "y = xs[0]\n    return helper(y)", " y = xs[0]\n    return helper(y)"],
)
def test_a_continuation_of_the_starter_stops_where_the_function_does(body, tail):
    assert same(taken(body + tail, wanted=BASE), STARTER + "    y = xs[0]\n    return helper(y)")


def test_a_continuation_may_use_a_helper_that_it_defines_later():
    code = taken("    return later(xs[0])\n\n\ndef later(x):\n    return x + 2\n\n\nprint('no')", wanted=BASE)
    assert behaves(code, "entry([1])") == 3
    assert "no" not in code


def test_a_continuation_may_have_lost_all_its_indentation():
    assert behaves(taken("total = sum(xs)\nreturn total", wanted=BASE), "entry([1, 2])") == 3
    assert behaves(taken("return 7", wanted=SIGNATURE), "entry([1, 2])") == 7


def test_a_continuation_may_hold_text_at_the_margin():
    body = '    text = """\nat the margin\n"""\n# a comment\n    return text'
    assert same(taken(body + "\n\nprint(1)", wanted=BASE), STARTER + body)


def test_a_continuation_may_stand_in_a_fence():
    assert same(taken("Sure:", py("    return helper(xs[0])"), wanted=BASE), STARTER + "    return helper(xs[0])")
    assert same(taken("Sure:", py("return helper(xs[0])"), wanted=BASE), STARTER + "    return helper(xs[0])")


def test_a_method_is_continued_at_its_own_depth():
    wanted = "class Solution:\n    def entry(self, nums: List[int]) -> int:\n        return len(nums)"
    for text in ("return len(nums)", "        return len(nums)", "\n        return len(nums)\n\ns = Solution()"):
        assert same(taken(text, wanted=LEET), wanted)


def test_a_broken_continuation_is_a_compile_error_and_not_a_shorter_function():
    code = taken("    y = = 1\n    return y\n", wanted=BASE)
    assert code.startswith(STARTER.rstrip())
    with pytest.raises(SyntaxError):
        ast.parse(code)
    assert extract("    y = (xs\n    return", BASE, "length").verdict is Verdict.TRUNCATED


def test_an_answer_gets_the_starters_imports_and_helpers_that_it_lacks():
    code = taken(py("def entry(xs: List[int]) -> int:\n    return helper(math.floor(xs[0]))"), wanted=BASE)
    assert behaves(code, "entry([1])") == 2
    code = taken(py("def entry(xs):\n    return xs[0]"), wanted=BASE)
    assert code == "def entry(xs):\n    return xs[0]"


def test_an_answer_keeps_its_own_helpers():
    own = "def helper(x):\n    return 10\n\n\ndef entry(xs):\n    return helper(xs)"
    assert taken(py(own), wanted=BASE) == own


def test_an_answer_that_repeats_the_starter_gets_nothing_twice():
    whole = STARTER + "    return helper(xs[0])"
    for text in (py(whole), whole, f"Sure.\n\n{py(whole)}\n\nDone."):
        assert taken(text, wanted=BASE) == whole


def test_what_the_starter_does_is_done_and_the_future_stays_first():
    starter = "from __future__ import annotations\nimport sys\nsys.setrecursionlimit(12345)\n\n\ndef entry(x: Later):\n"
    wanted = problem("entry", starter)
    answer = '"""Doc."""\nfrom __future__ import division\n\n\ndef entry(x: Later):\n    return x'
    code = taken(py(answer), wanted=wanted)
    assert code.count("annotations") == code.count("division") == code.count("setrecursionlimit(12345)") == 1
    compile(code, "<test>", "exec", dont_inherit=True)
    assert taken(py(code), wanted=wanted) == code


def test_words_in_the_starter_are_not_lent():
    assert taken(py(ENTRY), wanted=problem("entry", '"""About."""\n# More.\n' + STARTER)) == ENTRY


def test_a_starter_without_an_entry_point_does_not_matter():
    for text in ("    return 1", "", PROGRAM, py(PROGRAM)):
        assert extract(text, problem(None, STARTER)) == extract(text, READS)


def test_a_starter_that_does_not_parse_lends_nothing_and_does_not_matter():
    assert taken(py(ENTRY), wanted=problem("entry", "def (((")) == ENTRY
    assert taken(py(ENTRY), wanted=problem("entry", "# nothing")) == ENTRY


# ---- the record of the choice


@pytest.mark.parametrize(
    ("text", "wanted", "how"),
    [
        (py(ENTRY), CALLS, "the only block that defines entry"),
        (py(OTHER) + "\n" + py(ENTRY), CALLS, "the last block that defines entry"),
        (f"<answer>{py(ENTRY)}</answer>", CALLS, "the only block that defines entry, inside <answer>"),
        (py(PROGRAM), READS, "the only block that parses, reads input and writes output"),
        (
            f"```python\n{PROGRAM}",
            READS,
            "the only block that parses, reads input and writes output (it is not closed)",
        ),
        (PROGRAM, READS, "the whole text is a program"),
        (f"So:\n{ENTRY}\n\nDone.", CALLS, "the only unfenced code that defines entry"),
        ("    return 1", BASE, "the text continues the starter code"),
        (py("def entry(:"), CALLS, "the only block though it does not parse"),
        (py("def g(): pass"), CALLS, "the only block that parses"),
        (py("# nothing"), CALLS, "the only block though it does nothing"),
        ("Sorry.", CALLS, "nothing in the text is a program"),
        ("<think>a</think>", CALLS, "no text besides reasoning"),
    ],
)
def test_the_reason_of_the_choice_is_kept(text, wanted, how):
    assert extract(text, wanted).how == how
