"""A table of the marks that models and chat templates write around an answer, each with its source.

A server leaves these tokens in or strips them; a local engine keeps them (`models`), so that reasoning can be separated
from the answer. Patterns are searched with `spans.outside`: inside a string of a program a mark is the program's own.
"""

import re

# Reasoning. "think": DeepSeek-R1, Qwen3, GLM-4.5, Phi-4-reasoning, MiniMax-M1; "seed:think": Seed-OSS; "thought":
# EXAONE Deep; "longcat_think": LongCat-Flash; [THINK]: Magistral; ◁think▷: Kimi-VL; begin_of_thought: Sky-T1,
# OpenThinker; START_THINKING: Command A Reasoning; inner_prefix: Apertus.
_THINK = r"(?:seed:|longcat_)?(?:think|thinking|thoughts?|reasoning)"
# Harmony (gpt-oss, openai/harmony docs/format.md): a header of role, channel, recipient and content type, then the
# message. What is not on the channel `final` is not for the reader. With special tokens skipped only the words stay:
# "analysis…assistantcommentary…assistantfinal…".
_HEADER = r"(?:<\|start\|>\s*(?:assistant)?[^<\n]{0,80})?<\|channel\|>\s*"
_REST = r"\b[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>"
CHANNEL_WORDS = ("analysis", "commentary", "assistantfinal", "assistant final")
_HIDDEN = r"(?:analysis|commentary)"
_SPEAKS = r"(?-i:[A-Z`\"“*\d]|[a-z']+ [a-z']+ | (?:We|The|User|I|Let|Need|They|So|This)\b)"
_WORDS_OPEN = rf"(?-i:\A\s*(?:assistant)?{_HIDDEN}(?={_SPEAKS})|assistant{_HIDDEN}(?={_SPEAKS}| to=))"
_WORDS_CLOSE = r"(?-i:assistantfinal|(?<=[.!?:\n`] )assistant final(?=\s)|(?<=[.!?:\n`])assistant final(?=\s))"
HARMONY_HEADER = re.compile(rf"{_HEADER}(?P<channel>\w+){_REST}")

_OPENING = (
    rf"<{_THINK}(?:\s[^<>\n]*)?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|START_THINKING\|>|<\|inner_prefix\|>"
    rf"|{_HEADER}{_HIDDEN}{_REST}|{_WORDS_OPEN}"
)
_CLOSING = (
    rf"</{_THINK}\s*>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|END_THINKING\|>|<\|inner_suffix\|>"
    rf"|{_HEADER}final{_REST}|{_WORDS_CLOSE}"
)
# A mark in back quotes is only mentioned.
REASONING_OPENS = re.compile(rf"(?<!`)(?:{_OPENING})|(?:{_OPENING})(?!`)", re.IGNORECASE)
REASONING_CLOSES = re.compile(rf"(?<!`)(?:{_CLOSING})|(?:{_CLOSING})(?!`)", re.IGNORECASE)

# Wrappers of the answer. <answer>: R1-style prompts; <solution>, begin_of_solution: OpenThinker; [PYTHON]: Code Llama;
# START_RESPONSE: Command A.
_WRAPPERS = r"(?:answer|solution|final_answer|code|python)"
WRAPPER_OPENS = re.compile(
    rf"<(?P<tag>{_WRAPPERS})(?:\s[^<>\n]*)?>|\[(?P<word>(?-i:PYTHON|CODE|SOLUTION|ANSWER))\]"
    r"|<\|(?P<token>begin_of_solution|START_RESPONSE)\|>",
    re.IGNORECASE,
)
WRAPPER_CLOSES = re.compile(
    rf"</{_WRAPPERS}\s*>|\[/(?-i:PYTHON|CODE|SOLUTION|ANSWER)\]|<\|(?:end_of_solution|END_RESPONSE)\|>", re.IGNORECASE
)

# Words in brackets that few-shot prompts teach: [BEGIN] and [DONE] in MBPP's (Austin et al. 2021, appendix), at an edge
# of a line. As Python such a word is a list of a name; it is code only if the name is defined (`spans`).
ANSWER_BEGINS = re.compile(r"^[ \t]*\[(?P<word>BEGIN)\]|\[BEGIN\][ \t]*$", re.MULTILINE)
ANSWER_ENDS = re.compile(r"^[ \t]*\[/?(?:DONE|END|STOP|EOS|EOT)\]|\[/?(?:DONE|END|STOP|EOS|EOT)\][ \t]*$", re.MULTILINE)

# The end of the model's turn. im_end: ChatML (Qwen, Yi); endoftext: GPT-2, Qwen, StarCoder; end_of_text, eot_id,
# eom_id: Llama 3; eot: Llama 4; return, call: harmony; end: Phi-3, harmony; user, observation: GLM-4; system: Phi-3;
# END_OF_TURN_TOKEN: Command R; EOT: DeepSeek-Coder; start_of_role: Granite 3; endofturn: EXAONE; file_sep, fim_*,
# repo_name: StarCoder2, Qwen-Coder; end_of_turn: Gemma; turn: Gemma 4; end▁of▁sentence, User: DeepSeek; INST: Llama 2.
TURN_ENDS = re.compile(
    r"<\|(?:im_end|im_start|endoftext|end_of_text|eot_id|eom_id|eot|EOT|return|call|end|start|user|observation|system"
    r"|END_OF_TURN_TOKEN|start_of_role|start_header_id|endofturn|file_sep|fim_\w+|repo_name|turn)\|?>"
    r"|\[\|endofturn\|\]|<(?:end_of_turn|start_of_turn|turn\|)>|<｜(?:end▁of▁sentence|User)｜>|\[INST\]|</s>|<eos>"
)

# Written by templates before the turn, so it may come first in it.
TURN_BEGINS = re.compile(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<｜begin▁of▁sentence｜>|\[/INST\] ?|<｜Assistant｜>"
    r"|<\|im_start\|>(?:assistant\b)?|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<\|assistant\|>"
    r"|<\|start_of_role\|>assistant<\|end_of_role\|>|<start_of_turn>model\b|<\|turn>model\b|\[\|assistant\|\]"
    r"|<\|START_OF_TURN_TOKEN\|>|<\|CHATBOT_TOKEN\|>|<\|im_sep\|>|<\|start\|>assistant(?!\s*<\|channel\|>))"
)

# Any other token of these two shapes; Python has no such thing outside strings and comments.
ANY_TOKEN = re.compile(r"<\|[A-Za-z_/][\w/.-]{0,40}\|>|<｜[^｜<>\n]{1,40}｜>")
