"""Rules for every file of the repository. Each failure names the place and what to do."""

import ast
import graphlib
import re
import subprocess
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
REFUSED_NAMES = {"utils", "util", "helpers", "helper", "common", "core_", "manager", "processor", "handler", "misc"}
FORBIDDEN = {
    r"\b(TODO|FIXME|XXX)\b": "do it now, or remove the remark",
    r"except Exception\b|except:\s|except BaseException\b": "catch only exceptions that you can handle",
    r"errors=.(replace|ignore).": "decode strictly, or refuse the input and name the place",
    r"(?<![\w.])/(?:work|farm|root|home)/[\w.-]+": "no absolute path of one machine",
}


def listed(pattern="*"):
    done = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


PORTAL = ROOT / "catalog" / "ckan" / "portal"
"""What runs inside CKAN's own environment: none of our packages, with settings and clock of its own."""
SOURCES = [path for path in listed("*.py") if not path.is_relative_to(ROOT / "tests")]


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_has_a_docstring_and_stays_short(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), f"{named(path)}: begin with a docstring: what belongs here and what does not"
    assert text.count("\n") <= LONGEST_MODULE, f"{named(path)}: more than {LONGEST_MODULE} lines; split it"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{named(path)}:{node.lineno}: {node.name} has {lines} lines"


def test_a_file_of_tests_stays_short():
    long = [
        named(path) for path in listed("tests/*.py") if path.read_text(encoding="utf-8").count("\n") > LONGEST_MODULE
    ]
    assert not long, f"more than {LONGEST_MODULE} lines; split them: {long}"


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_contains_nothing_that_is_forbidden(path):
    assert path.stem not in REFUSED_NAMES, f"{named(path)}: name the module after its content"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for pattern, advice in FORBIDDEN.items():
            found = re.search(pattern, line)
            assert not found, f"{named(path)}:{number}: {found[0]!r}: {advice}"


def test_no_modules_import_each_other_in_a_circle():
    """Imports for types and within functions count: a reader follows them too."""
    rooms = sorted({path.relative_to(ROOT).parts[0] for path in SOURCES} - {"docs"})
    graph = grimp.build_graph(*rooms, cache_dir=None)
    graphlib.TopologicalSorter({one: graph.find_modules_directly_imported_by(one) for one in graph.modules}).prepare()


def test_only_dagster_project_and_the_portal_read_the_clock_and_the_environment():
    looked = re.compile(r"\bos\.environ\b|\bgetenv\(|datetime\.now\(|date\.today\(|time\.time\(|\buuid4\(|utcnow\(")
    for path in SOURCES:
        if path.is_relative_to(ROOT / "dagster_project") or path.is_relative_to(PORTAL):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = looked.search(line)
            assert not found, f"{named(path)}:{number}: {found[0]}: take settings and times as arguments"


def test_every_package_is_named_in_pyproject():
    told = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ours = [path for path in SOURCES if not path.is_relative_to(PORTAL) and not path.is_relative_to(ROOT / "docs")]
    packages = {str(path.parent.relative_to(ROOT)).replace("/", ".") for path in ours}
    assert {name for name in packages if f'"{name}"' not in told} == set()


def test_no_output_of_the_platform_is_committed():
    assert [named(path) for path in listed() if path.is_relative_to(ROOT / "var")] == []


def test_text_files_end_in_one_line_break_and_are_utf_8():
    for path in listed():
        if path.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".csv", ".j2", ".css", ".json"}:
            text = path.read_bytes().decode("utf-8")
            assert not text or text.endswith("\n"), f"{named(path)} does not end in a line break"
