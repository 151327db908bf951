"""The eleven input formats of the procedural family, each with a strict reader for validators."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

Write = Callable[[list[int], random.Random], str]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class InputReader:
    """An input format.

    Attributes:
        name: distinct among readers.
        wordings: ways to describe it; ``{item}`` and ``{items}`` are filled in.
        read: lines of gold programs that turn the string ``text`` into the list ``values``.
        check: lines of validators that do the same and end the program unless the format is kept exactly. They may use
            ``lines`` (the text's, without line ends) and ``whole`` (reads one number in plain decimal form).
        write: formats a non-empty list as input.
        low: the least number that the format can represent.
        high: the largest number.
    """

    name: str
    wordings: tuple[str, ...]
    read: str
    check: str
    write: Write
    low: int = -(10**6)
    high: int = 10**6


def _groups(values: list[int], rng: random.Random) -> str:
    rows = []
    start = 0
    while start < len(values):
        size = rng.randint(1, 5)
        rows.append(values[start : start + size])
        start += size
    return "\n".join([str(len(rows)), *(_spaced([len(row), *row]) for row in rows)]) + "\n"


def _grid(values: list[int], _rng: random.Random) -> str:
    columns = max(width for width in range(1, 9) if len(values) % width == 0)
    rows = [values[start : start + columns] for start in range(0, len(values), columns)]
    return "\n".join([f"{len(rows)} {columns}", *map(_spaced, rows)]) + "\n"


def _runs(values: list[int], _rng: random.Random) -> str:
    runs = [(value, len(list(run))) for value, run in groupby(values)]
    return "\n".join([str(len(runs)), *(f"{value} {times}" for value, times in runs)]) + "\n"


def _named(values: list[int], rng: random.Random) -> str:
    return "\n".join([str(len(values)), *(f"{_word(rng.randint(2, 6), rng)} {value}" for value in values)]) + "\n"


def _word(length: int, rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(length))


def _spaced(values: list[int]) -> str:
    return " ".join(map(str, values))


READERS = (
    InputReader(
        "counted",
        (
            "The first line holds n, the second line the n {items}, separated by blanks.",
            "Line one of the input is the number of {items}. Line two lists them with single spaces between.",
            "Input: a count on its first line; on the next line that many {items}.",
        ),
        "values = [int(word) for word in text.split()[1:]]",
        "n, row = lines\nvalues = [whole(word) for word in row.split()]\nassert len(values) == whole(n)",
        lambda values, _rng: f"{len(values)}\n{_spaced(values)}\n",
    ),
    InputReader(
        "line",
        (
            "All {items} stand on one line, separated by spaces; how many there are is not said.",
            "The input is a single line with every {item}, blanks between them, and no count in front.",
            "You get one line of {items} and nothing else.",
        ),
        "values = [int(word) for word in text.split()]",
        "(row,) = lines\nvalues = [whole(word) for word in row.split()]",
        lambda values, _rng: f"{_spaced(values)}\n",
    ),
    InputReader(
        "column",
        (
            "First comes a line with n; n lines follow, each with one {item}.",
            "The input starts with how many {items} there are; then every {item} has a line to itself.",
            "After an opening line that tells the count, read one {item} per line.",
        ),
        "values = [int(line) for line in text.split()[1:]]",
        "values = [whole(line) for line in lines[1:]]\nassert len(values) == whole(lines[0])",
        lambda values, _rng: "\n".join(map(str, [len(values), *values])) + "\n",
    ),
    InputReader(
        "sentinel",
        (
            "Each line holds one {item}; a final line `0` marks the end and does not count.",
            "Read {items}, one a line, until a lone zero, which is not part of the list.",
            "The list is given line by line and closed by the number 0, which you must not treat as a {item}.",
        ),
        'values = []\nfor word in text.split():\n    if word == "0":\n        break\n    values.append(int(word))',
        'assert lines[-1] == "0"\nvalues = [whole(line) for line in lines[:-1]]\nassert 0 not in values',
        lambda values, _rng: "\n".join(map(str, [*values, 0])) + "\n",
        low=1,
    ),
    InputReader(
        "grid",
        (
            "The first line gives r and c. Then r rows with c {items} each follow, to be read row after row.",
            "Input is a table: a line with its numbers of rows and columns, then the rows. Go row by row.",
            "A rectangle of {items} is given, preceded by its height and width; read it like a page of text.",
        ),
        "values = [int(word) for word in text.split()[2:]]",
        "rows, columns = map(whole, lines[0].split())\n"
        "table = [[whole(word) for word in line.split()] for line in lines[1:]]\n"
        "assert len(table) == rows and all(len(row) == columns for row in table)\n"
        "values = [value for row in table for value in row]",
        _grid,
    ),
    InputReader(
        "named",
        (
            "A line with n is followed by n lines, each a name in lowercase letters and a {item}; names play no part.",
            "After the number of records come the records: a lowercase label, a blank, a {item}. Ignore the labels.",
            "Every {item} is written behind the lowercase name of somebody, one per line, below a line with the count.",
        ),
        'values = [int(line.split()[1]) for line in text.strip().split("\\n")[1:]]',
        "pairs = [line.split() for line in lines[1:]]\n"
        "assert len(pairs) == whole(lines[0])\n"
        'assert all(len(pair) == 2 and re.fullmatch("[a-z]+", pair[0]) for pair in pairs)\n'
        "values = [whole(pair[1]) for pair in pairs]",
        _named,
    ),
    InputReader(
        "groups",
        (
            "The first line holds t. Each of the t lines after it starts with a size k, then k {items}; join them all.",
            "The {items} come in t batches: after t itself, a line per batch, size first. Join the batches.",
            "Given are several rows; the first line says how many, and each row begins with the count of its {items}.",
        ),
        "values = []\n"
        'for line in text.strip().split("\\n")[1:]:\n'
        "    values += [int(word) for word in line.split()[1:]]",
        "table = [[whole(word) for word in line.split()] for line in lines[1:]]\n"
        "assert len(table) == whole(lines[0])\n"
        "assert all(len(row) >= 2 and row[0] == len(row) - 1 for row in table)\n"
        "values = [value for row in table for value in row[1:]]",
        _groups,
    ),
    InputReader(
        "commas",
        (
            "The {items} are on one line with commas, without blanks, between them.",
            "Read one line of comma-separated {items}.",
            "Input: a comma-joined list of {items}, all on the only line.",
        ),
        'values = [int(part) for part in text.split(",")]',
        '(row,) = lines\nvalues = [whole(part) for part in row.split(",")]',
        lambda values, _rng: ",".join(map(str, values)) + "\n",
    ),
    InputReader(
        "words",
        (
            "One line of lowercase words is given; each word stands for a {item}, namely its number of letters.",
            "Instead of digits you get words in small letters, all on one line: a word's length is the {item}.",
            "The line you read consists of words (a to z); count the letters of each to obtain the {items}.",
        ),
        "values = [len(word) for word in text.split()]",
        '(row,) = lines\nassert all(re.fullmatch("[a-z]+", word) for word in row.split())\n'
        "values = [len(word) for word in row.split()]",
        lambda values, rng: " ".join(_word(value, rng) for value in values) + "\n",
        low=1,
        high=20,
    ),
    InputReader(
        "clock",
        (
            "After a line with n there are n times of day, HH:MM, one a line; a {item} is the minutes since midnight.",
            "Each {item} is written as a 24-hour time HH:MM on its own line, below the count; convert it to minutes.",
            "The count stands on line one. Then come times such as 07:45, each meaning a {item} of 60*HH+MM.",
        ),
        "values = []\n"
        "for line in text.split()[1:]:\n"
        '    hours, minutes = line.split(":")\n'
        "    values.append(60 * int(hours) + int(minutes))",
        'assert all(re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", line) for line in lines[1:])\n'
        "assert len(lines) - 1 == whole(lines[0])\n"
        "values = [60 * int(line[:2]) + int(line[3:]) for line in lines[1:]]",
        lambda values, _rng: "\n".join([str(len(values)), *(f"{v // 60:02}:{v % 60:02}" for v in values)]) + "\n",
        low=0,
        high=1439,
    ),
    InputReader(
        "runs",
        (
            "The list is given in runs: a line with the number of runs, then per run a line `v t`: t times {item} v.",
            "After the number of lines, each line names a {item} and how often it stands in a row; unroll them.",
            "Equal neighbours are packed: below their count, a packet is a {item} and its repetitions (1 or more).",
        ),
        "values = []\n"
        'for line in text.strip().split("\\n")[1:]:\n'
        "    value, times = map(int, line.split())\n"
        "    values += [value] * times",
        "runs = [tuple(map(whole, line.split())) for line in lines[1:]]\n"
        "assert len(runs) == whole(lines[0]) and all(len(run) == 2 and 1 <= run[1] <= 1000 for run in runs)\n"
        "values = [value for value, times in runs for _ in range(times)]",
        _runs,
    ),
)
