"""The factory's verbs as a user types them."""

import json

from tarot_bench.dataset import load_problems, write_jsonl
from tests.cli.command import tarot
from tests.generation.making import case_of, entry_of

QUICK = ("--recipe", "keep", "--data", "synthetic:4@1", "decontaminate=null", "measure.most_mutants=2")


def test_generate_makes_a_run_with_a_funnel_and_every_stage_can_be_run_alone(tmp_path):
    said = tarot("generate", *QUICK, "--output", "run", "--only", "source", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert not (tmp_path / "run/entries.jsonl").exists()
    assert "next: the other stages, with --resume" in said.stdout
    said = tarot("generate", *QUICK, "--output", "run", "--resume", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "next: tarot-bench publish run" in said.stdout
    stages = ["source", "validate", "complete", "ambiguity", "dedup", "measure"]
    assert all(stage in said.stdout for stage in stages)
    funnel = json.loads((tmp_path / "run/funnel.json").read_text())["stages"]
    assert [(stage["stage"], stage["kept"]) for stage in funnel] == [(stage, 4) for stage in stages]
    lines = (tmp_path / "run/entries.jsonl").read_text().splitlines()
    made = [json.loads(line) for line in lines]
    assert [entry["problem"]["id"] for entry in made] == [problem.id for problem in load_problems("synthetic:4@1")]
    assert all(facts["measurement"]["steps"] for entry in made for facts in entry["facts"])
    refused = tarot("generate", *QUICK, "seed=5", "--output", "run", "--resume", cwd=tmp_path)
    assert refused.returncode == 2
    assert "seed: 0 -> 5" in refused.stderr


def test_a_run_that_keeps_nothing_says_so_and_proposes_no_publishing(tmp_path):
    write_jsonl([entry_of(solution="print(0)").problem], tmp_path / "bad.jsonl")
    said = tarot("generate", "--recipe", "keep", "--data", "bad.jsonl", "decontaminate=null", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "next: tarot-bench inspect run, as no entry was kept" in said.stdout


def test_a_dry_run_says_what_would_be_asked_and_writes_nothing(tmp_path):
    arguments = ("generate", "--recipe", "openai", "--data", "synthetic:3", "source.keep_tiers=false", "--dry-run")
    said = tarot(*arguments, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "3 requests" in said.stdout
    assert not list(tmp_path.iterdir())


def test_mistakes_are_one_line(tmp_path):
    for arguments, words in (
        (("--recipe", "nowhere"), "shipped:"),
        (("--recipe", "smoke", "--resume"), "need --output"),
        (("--recipe", "keep", "--data", "nowhere.jsonl"), "no such file or folder"),
        (("--recipe", "keep", "--data", "synthetic:2", "-o", "x", "--only", "measure"), "is not finished"),
    ):
        said = tarot("generate", *arguments, cwd=tmp_path)
        assert said.returncode == 2
        assert words in said.stderr
        assert "Traceback" not in said.stderr


def test_a_refused_command_leaves_nothing_that_blocks_the_next_one(tmp_path):
    paid = ("generate", "--recipe", "openai", "--data", "synthetic:2", "--output", "run", "--max-cost", "50")
    refused = tarot(*paid, cwd=tmp_path)
    assert refused.returncode == 2
    assert "generators.0.input_price=... generators.0.output_price=..." in refused.stderr
    assert not list(tmp_path.iterdir())
    priced = ("generators.0.input_price=1", "generators.0.output_price=4")
    model = ("generators.0.model=openai/another", "generators.0.base_url=http://127.0.0.1:9/v1")
    accepted = tarot(*paid, *priced, *model, "--dry-run", cwd=tmp_path)
    assert "openai/another: 2 requests" in accepted.stdout
    assert tarot("generate", "--recipe", "keep", "--data", "nowhere.jsonl", "-o", "run", cwd=tmp_path).returncode == 2
    assert not list(tmp_path.iterdir())
    assert tarot("generate", *QUICK, "-o", "run", "--only", "source", cwd=tmp_path).returncode == 0


def test_settings_of_late_stages_may_change_on_resume_and_only_those_stages_run_again(tmp_path):
    assert tarot("generate", *QUICK, "--output", "run", cwd=tmp_path).returncode == 0
    files = {path: path.stat().st_mtime_ns for path in sorted((tmp_path / "run/stages").glob("*/kept.jsonl"))}
    said = tarot("generate", *QUICK, "--output", "run", "--resume", "--retier", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    again = [path.parent.name for path, written in files.items() if path.stat().st_mtime_ns != written]
    assert again == ["5-measure"]
    assert json.loads((tmp_path / "run/run.json").read_text())["settings"]["measure"]["retier"] is True
    said = tarot("generate", *QUICK, "--output", "run", "--resume", "--retier", "ambiguity.policy=keep", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    kept = [path.parent.name for path, written in files.items() if path.stat().st_mtime_ns == written]
    assert kept == ["0-source", "1-validate", "2-complete"]
    both = tarot("generate", *QUICK, "--output", "run", "--resume", "dedup.jaccard=0.9", "seed=5", cwd=tmp_path)
    assert both.returncode == 2
    assert "seed: 0 -> 5" in both.stderr
    assert (tmp_path / "run/stages/4-dedup/kept.jsonl").is_file()


def test_prices_may_change_on_resume_and_the_model_may_not(tmp_path):
    run = ("generate", "--recipe", "openai", "--data", "synthetic:2", "--output", "run", "--only", "source")
    assert tarot(*run, cwd=tmp_path).returncode == 0
    priced = ("--max-cost", "50", "generators.0.input_price=1", "generators.0.output_price=4")
    said = tarot(*run, *priced, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    refused = tarot(*run, *priced, "generators.0.model=openai/another", cwd=tmp_path)
    assert refused.returncode == 2
    assert "the settings differ" in refused.stderr


def test_a_failure_after_the_source_was_read_keeps_the_run(tmp_path):
    unreachable = (
        "generators.0.base_url=http://127.0.0.1:9/v1",
        "generators.0.max_retries=0",
        "source.keep_tiers=false",
    )
    arguments = ("generate", "--recipe", "openai", "--data", "synthetic:1", "-o", "run", *unreachable)
    said = tarot(*arguments, cwd=tmp_path, OPENAI_API_KEY="t")
    assert said.returncode == 2, said.stderr
    assert (tmp_path / "run/run.json").is_file()
    assert (tmp_path / "run/stages/0-source/kept.jsonl").is_file()


def test_validate_runs_golds_again_and_tells_what_is_wrong_tier_by_tier(tmp_path):
    good = tarot("validate", "synthetic:3", "--times", "1", cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "slowest gold" in good.stdout
    tests = entry_of().problem.tests
    wrong = (*tests[:3], case_of(tests[3].tier, "5", output="6\n"))
    entries = [entry_of("wrong", tests=wrong), entry_of("broken", original_tests=(case_of(None, "1", output="2"),))]
    write_jsonl([entry.problem for entry in entries], tmp_path / "set.jsonl")
    said = tarot("validate", "set.jsonl", "--times", "1", cwd=tmp_path)
    assert said.returncode == 1
    assert "gold-disagrees 1" in said.stdout
    assert "wrong, edge: gold-disagrees" in said.stdout
    assert "broken, original: gold-fails-original" in said.stdout
