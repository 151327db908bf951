"""Architecture: imports follow the layers, root folders hold no Python, and a wheel ships every recipe."""

import ast
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tarot_bench"
FOLDERS = ("data_cards", "generation", "eval", "training_baselines")

LAYERS = [
    {"problem", "verdict", "errors", "config", "reading", "atomic", "renamed", "checks", "views"},
    {"dataset", "models", "mutation", "sandbox"}
    | {"runs", "recipes", "plugins", "parsing", "pools", "progress", "loops", "templates", "texts", "hub"}
    | {"charts", "pages"},
    {"extraction", "grading", "metrics", "benchmarks"},
    {"generation", "evaluation", "publishing", "reporting", "training", "leaderboard"},
    {"api", "integrations", "cli"},
]
SHARED_IN_L1 = {
    "mutation",
    "runs",
    "recipes",
    "plugins",
    "parsing",
    "pools",
    "progress",
    "loops",
    "templates",
    "texts",
    "hub",
} | {"charts"}
"""Units of L1 that its other units may import."""


def unit_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "tarot_bench" and len(parts) > 1 else None


def imports_of(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def package_imports() -> list[tuple[str, str, Path]]:
    """(from unit, to unit, file) for every import inside the package, function-level ones included."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        home = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for module in imports_of(file):
            unit = unit_of(module)
            if unit and unit != home and home not in ("__init__", "__main__"):
                found.append((home, unit, file))
    return found


def layer_of(unit: str) -> int:
    return next(number for number, units in enumerate(LAYERS) if unit in units)


def test_every_module_belongs_to_a_layer():
    units = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.name[0] not in "_." and path.name != "py.typed"
    }
    assert units - set().union(*LAYERS) == set()


def test_a_layer_imports_only_layers_above_it():
    known = set().union(*LAYERS)
    wrong = [
        f"{file.relative_to(ROOT)} imports {unit}"
        for home, unit, file in package_imports()
        if unit in known and layer_of(unit) > layer_of(home)
    ]
    assert wrong == []


def test_rooms_of_one_layer_do_not_import_their_neighbours():
    wrong = [
        f"{file.relative_to(ROOT)} imports {unit}"
        for home, unit, file in package_imports()
        if unit in LAYERS[1] | LAYERS[3] and layer_of(unit) == layer_of(home) and unit not in SHARED_IN_L1
    ]
    assert wrong == []


def test_importing_the_package_or_its_command_pulls_nothing_heavy():
    heavy = ["torch", "transformers", "datasets", "openai", "anthropic", "vllm", "numpy", "pandas", "pydantic"]
    code = f"import sys, tarot_bench.cli.main; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_every_public_name_resolves():
    import tarot_bench

    for name in tarot_bench.__all__:
        assert getattr(tarot_bench, name) is not None
        assert name == "__version__" or getattr(tarot_bench, name).__doc__, name
    with pytest.raises(AttributeError, match="nothing_like_this"):
        tarot_bench.nothing_like_this  # noqa: B018


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_root_folder_holds_inputs_and_a_readme_but_no_python(folder):
    assert (ROOT / folder / "README.md").is_file()
    assert not list((ROOT / folder).rglob("*.py"))
    assert list((ROOT / folder).rglob("smoke*")), "each folder ships a smoke recipe"


def test_every_shipped_yaml_is_a_mapping():
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.y*ml")]
    assert files
    for file in files:
        assert file.suffix == ".yaml", f"{file}: name it .yaml, that is what is looked for"
        assert isinstance(yaml.safe_load(file.read_text()), dict), file


def test_every_shipped_suite_and_prompt_loads_as_what_it_is():
    from tarot_bench.benchmarks import open_benchmark
    from tarot_bench.config import load_yaml
    from tarot_bench.dataset import load_problems
    from tarot_bench.evaluation.prompts import Prompt
    from tarot_bench.evaluation.settings import BenchmarkSuite

    problems = list(load_problems("embedded"))
    for file in (ROOT / "eval" / "suites").glob("*.yaml"):
        suite = load_yaml(BenchmarkSuite, file)
        assert suite.name == file.stem
        for entry in suite.benchmarks:
            open_benchmark(entry.name)
    for file in (ROOT / "eval" / "prompts").glob("*.jinja"):
        prompt = Prompt(file.stem)
        shown = [prompt.render(problem) for problem in problems if problem.starter_code]
        assert all(shown)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_a_wheel_holds_the_folders_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {name.split("/")[2] for name in names if name.startswith("tarot_bench/_recipes/")}
    assert shipped == set(FOLDERS)
    assert "tarot_bench/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", *(f"{folder}/" for folder in FOLDERS)))]


@pytest.mark.slow
def test_a_wheel_holds_the_embedded_libraries_with_their_licences(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for path in (PACKAGE / "pages" / "assets" / "vendor").iterdir():
        assert path.relative_to(ROOT).as_posix() in names
        if path.suffix == ".LICENSE":
            assert [name for name in names if ".dist-info/licenses/" in name and name.endswith(path.name)]


@pytest.mark.slow
def test_every_shipped_name_resolves_from_a_wheel_in_a_bare_venv(wheel, tmp_path):
    """Bare: a venv of its own that sees this one's third-party packages, but no checkout and no editable install."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    script = """
import sys
sys.path += [path for path in sys.argv[1:]]
import tarot_bench
from tarot_bench.recipes import find, root, shipped
from tarot_bench.evaluation import resolve
assert "_recipes" in str(root()) and "venv" in tarot_bench.__file__
for path in shipped():
    assert (root() / path).is_file()
    if path.suffix in (".yaml", ".jinja"):
        assert find(path.stem, str(path.parent), path.suffix) == root() / path, path
for suite in (root() / "eval" / "suites").glob("*.yaml"):
    resolve("gold", suite.stem)
from tarot_bench.dataset import load_problems
print(len(load_problems("embedded")), sum(1 for _ in shipped()))
"""
    third_party = [path for path in sys.path if path.endswith("site-packages")]
    command = [python, "-c", script, *third_party]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    assert result.returncode == 0, result.stderr
    problems, files = map(int, result.stdout.split())
    assert problems >= 40
    assert files == sum(1 for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.is_file())
