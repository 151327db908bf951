"""Answers with what templates, few-shot prompts and chat interfaces put around and into them."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.extraction import extract, verbatim
from tarot_bench.verdict import Verdict
from tests.extraction.programs import ALL, CALLS, READS, STDIN, problem

ENTRY = "def entry(x):\n    return x + 1"
DRAFT = "def entry(x):\n    return 'draft'"
PROGRAM = STDIN["main guard"]
STARTER = 'def entry(x: int) -> int:\n    """Add one.\n\n    >>> entry(1)\n    2\n    """\n'
BASE = problem("entry", STARTER)
CASES = Path(__file__).parents[3] / "shared" / "cases" / "found-1"


def taken(text, wanted=CALLS, finish_reason="stop"):
    code = extract(text, wanted, finish_reason).code
    return code and code.strip()


def py(code):
    return f"```python\n{code}\n```"


def value_of(code):
    """What our own, harmless program gives for 41."""
    namespace = {}
    exec(compile(code, "<test>", "exec", dont_inherit=True), namespace)
    return namespace["entry"](41)


# ---- words in brackets


@pytest.mark.parametrize(
    "text",
    [
        f"{ENTRY}\n[DONE]\n",
        f"{ENTRY}\n[END]",
        f"{ENTRY} [DONE]\n",
        f"{ENTRY}[DONE]",
        f"[BEGIN]\n{ENTRY}\n[DONE]",
        f" [BEGIN]\n{ENTRY}\n[DONE]\n\nThat adds one.",
        f"```python\n[BEGIN]\n{ENTRY}\n[DONE]\n```",
        f"[BEGIN]\n{py(ENTRY)}\n[DONE]",
        f"{py(ENTRY)}\n[DONE]",
        f"{ENTRY}\n```\n[DONE]",
        f"The answer stands between [BEGIN] and [DONE].\n\n[BEGIN]\n{ENTRY}\n[DONE]",
        f"Write it down and say\n[DONE]\n\n{py(ENTRY)}",
        f"{ENTRY}\n[DONE]\n\nThe next task:\n[BEGIN]\n{DRAFT}\n[DONE]",
        f"[BEGIN]\n{DRAFT}\n[DONE]\nNo, it must add.\n[BEGIN]\n{ENTRY}\n[DONE]",
        f"[BEGIN]\n{ENTRY}",
        f"[SOLUTION]\n{ENTRY}\n[/SOLUTION]",
        f"[CODE]\n{ENTRY}\n[/CODE]\nDone.",
    ],
)
def test_a_word_in_brackets_ends_or_begins_the_answer(text):
    assert taken(text) == ENTRY


def test_a_stdin_program_ends_at_the_word_too():
    assert taken(f"{PROGRAM}\n[DONE]\n", READS) == PROGRAM
    assert taken(f"{PROGRAM}\n[DONE]\n\nn = input()\nprint(n)\n[DONE]", READS) == PROGRAM


@pytest.mark.parametrize(
    "code",
    [
        "DONE = 3\nstates = [DONE]\n\n\ndef entry(x):\n    return states[0] + x == (x +\n[DONE]\n[0])",
        'HELP = """\n[BEGIN]\n[DONE]\n"""\n\n\ndef entry(x):\n    return HELP.split("[DONE]")',
        'def entry(x):\n    return ["[BEGIN]", "[DONE]"]',
        "from enum import Enum\n\n\nclass S(Enum):\n    END = 1\n\n\nEND = S.END\n\n\ndef entry(x):\n    return [END]",
    ],
)
def test_a_word_that_the_program_itself_defines_or_quotes_stays(code):
    for text in (code, py(code), f"Here:\n\n{code}\n\nThat's it."):
        assert taken(text) == code


def test_a_word_after_a_program_that_quotes_it_still_ends_it():
    code = "def entry(x):\n    return '[DONE]'"
    assert taken(f"{code}\n[DONE]\n") == code


# ---- special tokens


ENDS = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|eot|>",
    "<|return|>",
    "<|end|>",
    "</s>",
    "<eos>",
    "<end_of_turn>",
    "<｜end▁of▁sentence｜>",
    "<|END_OF_TURN_TOKEN|>",
    "[|endofturn|]",
    "<|EOT|>",
    "<|user|>",
]
BEGINS = [
    "",
    "<s>",
    "<bos>",
    "<|begin_of_text|>",
    "<|im_start|>assistant\n",
    "<|assistant|>\n",
    "<start_of_turn>model\n",
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<｜Assistant｜>",
    "[/INST] ",
    "<|im_start|>assistant<|im_sep|>",
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "<|start_of_role|>assistant<|end_of_role|>",
    "[|assistant|]",
]


@pytest.mark.parametrize("end", ENDS)
def test_a_turn_ends_at_its_token_and_what_a_model_runs_on_into_is_not_read(end):
    for gap in ("", "\n"):
        assert taken(f"{ENTRY}{gap}{end}") == ENTRY
        assert taken(f"{py(ENTRY)}{gap}{end}\n<|user|>\nAnother.\n{py(DRAFT)}") == ENTRY
        assert taken(f"{PROGRAM}{gap}{end}{end}", READS) == PROGRAM


@pytest.mark.parametrize("begin", BEGINS)
def test_what_a_template_writes_before_the_turn_is_no_part_of_it(begin):
    assert taken(begin + ENTRY) == ENTRY
    assert taken(begin + py(ENTRY)) == ENTRY
    assert taken(f"{begin}<think>\n{py(DRAFT)}\n</think>\n{ENTRY}<|im_end|>") == ENTRY


def test_any_other_token_between_words_is_left_out():
    assert taken(f"<|python_tag|>{ENTRY}") == ENTRY
    assert taken(f"Sure.<|tool_sep|>\n{py(ENTRY + '<|pad|>')}<|unknown_7|>") == ENTRY


@pytest.mark.parametrize("end", ENDS)
def test_a_token_that_is_spoken_of_ends_nothing(end):
    assert taken(f"I look for {end} in each line, then for '{end}', and `{end}`.\n\n{py(ENTRY)}") == ENTRY


@pytest.mark.parametrize("token", ["<|im_end|>", "</s>", "<|endoftext|>", "<|x|>", "<end_of_turn>", "[INST]"])
def test_a_token_in_a_string_of_the_program_is_its_own(token):
    code = f"def entry(x):\n    return x.split({token!r})[0] + {token!r}"
    for text in (code, py(code), f"So:\n\n{code}\n\nDone.", f"{py(code)}{token}", f"{code}\n{token}"):
        assert taken(text) == code


# ---- reasoning


def harmony(*messages):
    return "<|start|>assistant".join(f"<|channel|>{channel}<|message|>{said}" for channel, said in messages)


def skipped(*messages):
    return "assistant".join(channel + said for channel, said in messages)


ANALYSIS = ("analysis", f"We add one. Draft:\n{py(DRAFT)}\nGood.")


@pytest.mark.parametrize(
    "text",
    [
        harmony(("analysis", f"{ANALYSIS[1]}<|end|>"), ("final", ENTRY)),
        harmony(("analysis", f"{ANALYSIS[1]}<|end|>"), ("final", f"{py(ENTRY)}<|return|>")),
        harmony(("analysis", "a<|end|>"), ("commentary", f"{py(DRAFT)}<|end|>"), ("final", f"{ENTRY}<|return|>")),
        harmony(("analysis", "a<|end|>"), ("final <|constrain|>python", ENTRY)),
        harmony(("final", ENTRY)),
        harmony(("final", f"{ENTRY}<|end|>"), ("analysis", f"More?\n{py(DRAFT)}")),
        f"{ANALYSIS[1]}<|end|><|start|>assistant<|channel|>final<|message|>{ENTRY}",
        "<|start|>assistant" + harmony(("analysis", "a<|end|>"), ("final", ENTRY)),
        skipped(ANALYSIS, ("final", ENTRY)),
        skipped(ANALYSIS, ("final", py(ENTRY))),
        skipped(ANALYSIS, ("final", f"Here it is:\n\n{py(ENTRY)}\n\nDone.")),
        skipped(("analysis", "the user wants one more."), ("commentary", f"Plan.\n{py(DRAFT)}"), ("final", ENTRY)),
        f"assistant{skipped(ANALYSIS, ('final', ENTRY))}",
        f"analysis We add one. {py(DRAFT)} assistant final\n{ENTRY}",
        f"{py(DRAFT)} is the plan.assistantfinal{ENTRY}",
    ],
)
def test_only_the_final_channel_is_the_answer_with_its_markers_or_without(text):
    assert taken(text) == ENTRY


@pytest.mark.parametrize("finish_reason", ["stop", "length", None])
@pytest.mark.parametrize(
    "text",
    [
        harmony(ANALYSIS),
        harmony(("analysis", f"{ANALYSIS[1]}<|end|>"), ("commentary", py(ENTRY))),
        skipped(ANALYSIS),
        skipped(("analysis", f"the user wants one more. {py(ENTRY)} so")),
        f"analysis{py(ENTRY)}\nor",
        skipped(ANALYSIS, ("commentary", f" to=functions.run json{{}}\n{py(ENTRY)}")),
        f"[THINK]{py(ENTRY)}",
        f"<|START_THINKING|>{py(ENTRY)}",
    ],
)
def test_reasoning_that_is_cut_off_is_truncated_and_never_graded(text, finish_reason):
    found = extract(text, CALLS, finish_reason)
    assert (found.code, found.verdict) == (None, Verdict.TRUNCATED)


@pytest.mark.parametrize(
    "thought",
    [
        f"[THINK]{py(DRAFT)}[/THINK]",
        f"<|START_THINKING|>{py(DRAFT)}<|END_THINKING|><|START_RESPONSE|>",
        f"<thought>{py(DRAFT)}</thought>",
        f"<seed:think>{py(DRAFT)}</seed:think>",
        f"<|inner_prefix|>{py(DRAFT)}<|inner_suffix|>",
        f"<|begin_of_thought|>{py(DRAFT)}<|end_of_thought|>\n<|begin_of_solution|>",
    ],
)
def test_reasoning_of_every_family_is_cut_off(thought):
    assert taken(thought + ENTRY) == ENTRY
    assert taken(f"{thought}\n{py(ENTRY)}<|END_RESPONSE|>") == ENTRY


@pytest.mark.parametrize(
    "code",
    [
        "analysis = int(input())\nprint(analysis)",
        "analysisTool = input()\nprint(analysisTool)",
        "commentary = {}\ncommentary['assistantfinal'] = input()\nprint(commentary)",
        "print(input().split('<|channel|>final<|message|>')[-1])",
        "# Drop what stands in <think>\nprint(input())",
    ],
)
def test_words_of_reasoning_in_a_program_are_its_own(code):
    assert taken(py(code), READS) == code
    assert taken(f"The analysis is short: read, print.\n\n{py(code)}", READS) == code


# ---- fences inside programs


FENCED = [
    "s = input()\nprint('yes' if s == '```python' else 'no')",
    "s = input()\nif s.startswith('```python'):\n    print('yes')\nelse:\n    print('no')",
    "# callers wrap this in ```python blocks\nprint(input())",
    "s = input()  # as in ```py\nprint(s)  # no ```",
    'fence = "```"\nprint(fence + "python" + input() + "```")',
    "print(input().replace('~~~python', '').replace('```', ''))",
    'HELP = """\n' + "```\nx\n```\n" * 12 + '"""\nprint(input(), HELP)',
    "PROMPT = f'''Answer with\n```python\n{input()}\n```\n'''\nprint(PROMPT)",
    'print(input(), "it\'s ```python", \'a "```py" b\')',
    'r = input()\nprint(rb"\\```python", r, "\\"```python")',
]


@pytest.mark.parametrize("code", FENCED)
def test_back_quotes_in_a_string_or_comment_do_not_end_the_program(code):
    for text in (py(code), f"Sure:\n\n{py(code)}\nDone.", f"```\n{code}\n```", code, f"So:\n\n{code}\n\nThat's it."):
        assert ast.dump(ast.parse(taken(text, READS))) == ast.dump(ast.parse(code))
    assert taken(f"{py(code)}\n\nRun it:\n\n```bash\npython main.py\n```\n\n```\n3\n```", READS) == code


@pytest.mark.parametrize(
    "broken",
    [
        "s = input()\nprint('yes' if s == '```python' else )",
        "s = input()\nif s.startswith('```python'):\n    print('yes'\nelse:\n    print('no')",
        "s = input()  # as in ```python\nprint s",
        'print(input())\nmark = "~~~py"\nprint(mark',
    ],
)
def test_a_broken_program_is_not_cut_to_a_shorter_one_at_back_quotes_of_its_own(broken):
    assert taken(py(broken), READS) == broken


def test_a_fence_in_prose_with_an_apostrophe_still_opens_a_block():
    assert taken(f"```python\n{DRAFT}\n\nThat's wrong, here's the fix: ```python\n{ENTRY}\n```") == ENTRY


# ---- indentation of continuations


@pytest.mark.parametrize(
    "indent",
    ["\u00a0" * 4, "  ", " ", "   ", "      ", "\t", "\u00a0 \u00a0 ", "\u3000", "\u2003\u2003", "\u200b    ", " \t"],
)
@pytest.mark.parametrize("tail", ["", "\n\nprint(entry(1))\n", "\n```\n\nDone."])
def test_a_continuation_may_be_indented_in_any_way(indent, tail):
    body = f"{indent}y = x\n{indent}if y:\n{indent}{indent}return y + 1\n{indent}return 1"
    assert value_of(taken(body + tail, BASE)) == 42


def test_a_continuation_that_is_indented_oddly_is_never_cut_to_a_statement_at_the_margin():
    code = taken("  y = x\n return y + 1\n", BASE)
    assert code is not None
    assert code.startswith("def entry")


def test_an_indented_definition_of_the_entry_point_is_no_body():
    indented = "\n".join("  " + line for line in ENTRY.split("\n"))
    assert value_of(taken(f"{indented}\n\nDone.", BASE)) == 42


# ---- quotations and JSON


@pytest.mark.parametrize("mark", ["> ", ">", ">  ", " > ", "> > "])
@pytest.mark.parametrize("fences", [("", ""), ("", "\n```"), ("```python\n", "\n```"), ("```\n", "")])
def test_an_answer_may_be_quoted(mark, fences):
    quoted = "\n".join(mark + line for line in f"{fences[0]}{ENTRY}{fences[1]}".split("\n"))
    assert value_of(taken(quoted)) == 42
    assert value_of(taken(f"He wrote:\n\n{quoted}\n\nI agree.")) == 42


@pytest.mark.parametrize(
    "value",
    [
        {"answer": py(ENTRY)},
        {"answer": f"Here it is:\n\n{py(ENTRY)}\n\nDone."},
        {"answer": f"{ENTRY}\n[DONE]"},
        [{"code": ENTRY}],
        {"result": {"files": [{"name": "main.py", "content": ENTRY}]}},
        {"code": ENTRY.split("\n")},
        [ENTRY],
        {"code": ENTRY, "reasoning": f"A draft:\n{py(DRAFT)}"},
        {"thoughts": [DRAFT], "final": {"code": json.dumps({"python": ENTRY})}},
    ],
)
def test_json_of_any_shape_may_hold_the_program(value):
    for text in (json.dumps(value), json.dumps(value, indent=2), repr(value)):
        assert taken(text) == ENTRY
        assert taken(f"```json\n{text}\n```") == ENTRY
    assert taken(f"As asked:\n\n{json.dumps(value, indent=1)}\n\nDone.") == ENTRY


def test_json_may_hold_raw_line_breaks_and_a_continuation():
    assert taken('{"code": "' + ENTRY + '"}') == ENTRY
    assert value_of(taken(json.dumps({"code": "    return x + 1"}), BASE)) == 42


# ---- what was dropped


def test_what_was_dropped_after_a_continuation_is_said():
    tail = "\n\nassert entry(1) == 5\nprint(entry(2))\n"
    assert extract("    return x + 1" + tail, BASE).how == (
        "the text continues the starter code; dropped 2 lines of code after the function, "
        "from 'assert entry(1) == 5' on"
    )
    assert "dropped" not in extract("    return helper(x)\n\n\ndef helper(x):\n    return x + 1", BASE).how
    assert "dropped" not in extract("    return x + 1\n\nThis adds one.", BASE).how


def test_the_official_form_takes_a_text_as_it_is():
    said = "    return x + 1\n\nassert entry(1) == 5\n<|im_end|>\ud800"
    found = verbatim(said, BASE)
    assert found.code == STARTER + said.replace("\ud800", "\ufffd")
    assert found.how == "verbatim: the starter code and the text as it is"
    assert verbatim("", CALLS).code == ""


# ---- properties

WRAPPED = [
    lambda code: f"{py(code)}\n[DONE]",
    lambda code: f"[BEGIN]\n{code}\n[DONE]",
    lambda code: f"[BEGIN]\n{py(code)}\n[DONE]\nDone.",
    lambda code: f"{code}\n<|im_end|>",
    lambda code: f"<|im_start|>assistant\n{py(code)}<|im_end|>\n<|im_start|>user\nThanks.",
    lambda code: harmony(("analysis", "Easy.<|end|>"), ("final", f"{py(code)}<|return|>")),
    lambda code: skipped(("analysis", "We print."), ("final", py(code))),
    lambda code: skipped(("analysis", "We print."), ("commentary", "Now."), ("final", code)),
    lambda code: f"[THINK]hm[/THINK]{py(code)}</s>",
    lambda code: json.dumps({"explanation": "Easy.", "code": code}),
    lambda code: json.dumps([{"code": py(code)}]),
    lambda code: "\n".join(f"> {line}" for line in py(code).split("\n")),
]
LINES = [
    "x = input()",
    "print(x)",
    "y = '```python'",
    'z = "<|im_end|>"',
    "# ```py",
    "if x:\n    print('[DONE]')",
    "t = '''\n```\n'''",
    "print('<think>')",
    "w = [x]",
    'u = {"code": "x = 1"}',
    "print(f'{x}')",
    "for i in range(3):\n    print(i, '~~~')",
]
programs = st.one_of(
    st.sampled_from([code for wanted, code in ALL if wanted is READS]),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map(
        lambda lines: "\n".join(["x = input()", *lines, "print(x)"])
    ),
)


@settings(max_examples=500, deadline=None)
@given(programs, st.sampled_from(WRAPPED))
def test_any_program_comes_out_of_any_of_these_wrappings(code, wrap):
    found = extract(wrap(code), READS)
    assert found.code is not None, found.how
    assert found.code.strip("\n ") == code.strip("\n "), found.how


PIECES = [
    "[BEGIN]",
    "[DONE]",
    "[END]",
    "<|im_end|>",
    "<|end|>",
    "<|start|>assistant",
    "<|channel|>analysis<|message|>",
    "<|channel|>final<|message|>",
    "analysis",
    "assistantfinal",
    "assistantcommentary to=x",
    "[THINK]",
    "[/THINK]",
    "<|x|>",
    "</s>",
    "> ",
    '{"code": "',
    '"}',
    "[{",
    "}]",
    "```",
    "```python",
    "\n",
    "\n",
    "\n",
    "    ",
    "  ",
    "\u00a0",
    "x = 1",
    "def entry(x):",
    "return x",
    "'",
    '"',
    "'''",
    '"""',
    "#",
    "\\",
    "\x00",
    "\ud800",
    "\u2028",
    "we say so.",
]


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from([READS, CALLS, BASE]), st.booleans()
)
def test_marks_in_any_order_never_make_it_raise(text, wanted, is_cut):
    found = extract(text, wanted, "length" if is_cut else "stop")
    assert (found.code is None) == (found.verdict is not None)
    assert "\n" not in found.how
    if found.code is not None:
        found.code.encode()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "<" * 1_000_000,
        " " * 1_000_000 + "\n" + py(ENTRY),
        "[" * 100_000 + "[DONE]",
        '{"a": ' * 20_000,
        "> " * 100_000,
        "<|channel|>analysis<|message|>" * 20_000,
        "<|end|><|start|>assistant" * 20_000,
        "[DONE]\n" * 10_000,
        "[BEGIN]\n" * 10_000,
        "assistantfinal" * 50_000,
        "print('```python')\n" * 4_000,
        '"""\n```\n' * 5_000,
        "'''" * 30_000 + "```\n",
        "\\" * 300_000 + "'```",
    ],
    ids=lambda text: text[:12],
)
def test_a_very_long_text_ends_in_time(text):
    for wanted in (READS, BASE):
        extract(text, wanted)


# ---- inputs that were once read wrongly


@pytest.mark.skipif(not CASES.is_dir(), reason="the collected cases are not part of the project")
@pytest.mark.parametrize("number", range(1, 17))
def test_a_collected_case_is_read_as_it_was_meant(number):
    (path,) = CASES.glob(f"c{number:02}-*.jsonl")
    row = json.loads(path.read_text())
    rows = {one["id"]: one for one in map(json.loads, (CASES / "problems.jsonl").read_text().splitlines())}
    asked = rows[row["problem_id"]]
    found = extract(row["text"], problem(asked.get("entry_point"), asked.get("starter_code")), row["finish_reason"])
    if number == 13:
        assert found.verdict is Verdict.TRUNCATED
        return
    told = {"def double", "print(sum(map(int", "print('yes'"}
    assert any(found.code.replace("if s.startswith('```python'):\n    ", "").find(one) >= 0 for one in told)
    for word in ("[DONE]", "[BEGIN]", "[END]", "print(n)"):
        assert word not in found.code
