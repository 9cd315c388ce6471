"""Names: a function begins with a verb or is a noun phrase of two words; a public class name has one meaning.

Checked for all public functions, methods, classes and modules of the six top-level packages. Names that a framework requires
(dunder methods, overrides, pydantic validators) are exempt, and so is what runs inside CKAN's own environment
(`catalog/ckan/portal`), where CKAN's plugin interfaces set the names.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "quality", "warehouse", "catalog", "pipelines", "dagster_project")
PORTAL = ROOT / "catalog" / "ckan" / "portal"
# A function or method may have a name of one word only if the word is one of these verbs.
VERBS = frozenset(["annotate", "apply", "close", "commit", "conform", "emit", "freeze", "main", "sweep"])
PARTICIPLES = re.compile("([a-z]+ed|told|said|shown|held|kept|lost|left|made|found|given|taken|known|written|drawn)")
EXCEPTIONS: dict[str, str] = {
    "readable": "the name that Python's io looks for in a raw stream (pipelines/read/delimited/padding.py)",
    "seekable": "the same",
    "seek": "the same",
    "readinto": "the name that Python's io looks for in a raw stream (pipelines/read/delimited/padding.py)",
    "dispose": "the name that SQLAlchemy's storage calls (dagster_project/event_log.py)",
    "execute": "the name that Dagster calls in an executor (dagster_project/celery_steps.py)",
    "ready": "the name that Dagster's loop calls in the result of a step (dagster_project/celery_steps.py)",
    "get": "the same",
    "revoke": "the same",
    "connect": "the name that Dagster's storage of runs calls (dagster_project/run_storage.py)",
}
MOST_EXCEPTIONS = 10
OTHERS_MODULES = ("frictionless/", "a/b/", "tests/unit/a/b/")
COMMANDS = re.compile(
    r"(Add|Append|Ask|Bring|Build|Call|Check|Copy|Count|Create|Delete|Give|Keep|Let|Make|Move|Open|Put|Raise|Read|Remove|Replace|Return|Set|Take|Wait|Write|Yield)\b,? (?!of\b)"
)
"""A docstring says what its function does: `Returns the rows`, not `Return the rows`."""


class Definition(NamedTuple):
    """A public function, method or class, and its place (`file:line`)."""

    name: str
    place: str


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if not path.is_relative_to(PORTAL)]


def is_free(node: ast.FunctionDef) -> bool:
    """Whether the name is ours to choose and names an action; a property is read like a field."""
    decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
    return not (node.name.startswith("_") or re.search(r"property|validator|override|serializer", decorators))


def functions() -> Iterator[Definition]:
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            inside = node.body if isinstance(node, ast.ClassDef) else [node]
            for one in inside:
                if isinstance(one, ast.FunctionDef) and is_free(one):
                    yield Definition(one.name, f"{path.relative_to(ROOT)}:{one.lineno}")


def classes() -> Iterator[Definition]:
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield Definition(node.name, f"{path.relative_to(ROOT)}:{node.lineno}")


def fault_of_name(name: str) -> str | None:
    """What is wrong with the name of a function; None if it is right."""
    words = name.split("_")
    if name in EXCEPTIONS or name in VERBS:
        return None
    if len(words) == 1:
        return "one word: begin with a verb, or name what is returned in two words"
    if words[0] == "of" or words[-1] == "of":
        return "`…_of`: name the action, as in `parse_…` or `build_…`"
    return None


def test_functions_begin_with_a_verb_or_are_a_noun_phrase_of_two_words():
    wrong = [f"{one.place}: {one.name}: {fault}" for one in functions() if (fault := fault_of_name(one.name))]
    assert wrong == []


def test_no_public_name_is_a_lone_participle():
    names = [*functions(), *(Definition(path.stem, str(path.relative_to(ROOT))) for path in modules())]
    assert [one for one in names if PARTICIPLES.fullmatch(one.name)] == []


def test_no_public_class_name_exists_twice():
    places = defaultdict(list)
    for one in classes():
        places[one.name].append(one.place)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_modules_of_a_package_have_the_same_name(package):
    stems = defaultdict(list)
    for path in modules():
        if path.is_relative_to(ROOT / package) and path.stem != "__init__":
            stems[path.stem].append(str(path.relative_to(ROOT)))
    assert {stem: where for stem, where in stems.items() if len(where) > 1} == {}


def test_exceptions_are_few_and_still_needed():
    used = {one.name for one in functions()}
    assert len(EXCEPTIONS) <= MOST_EXCEPTIONS
    assert set(EXCEPTIONS) <= used, "remove the exceptions that no function needs"
    assert used >= VERBS, f"remove the verbs that no function needs: {sorted(VERBS - used)}"


@pytest.mark.parametrize("name", ["told", "places", "rows_of", "of_rows"])
def test_the_rule_detects_wrong_names(name):
    assert fault_of_name(name) or PARTICIPLES.fullmatch(name)


def test_the_docstring_of_a_function_says_what_it_does_and_is_no_command():
    commands = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {text[:60]}"
        for package in (*PACKAGES, "tests")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)) and COMMANDS.match(text)
    ]
    assert commands == [], "write `Returns …`, `Writes …`"


def test_a_module_that_a_docstring_names_exists():
    """Named by its path from the root, or by its file name where it stands in the same folder; other libraries' by a path that begins with theirs."""
    missing = []
    for path in (path for top in (*PACKAGES, "tests") for path in sorted((ROOT / top).rglob("*.py"))):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for name in re.findall(r"`([\w/-]+\.py)`", text):
            there = (ROOT / name).is_file() or (path.parent / name).is_file()
            missing += [] if there or name.startswith(OTHERS_MODULES) else [f"{path.relative_to(ROOT)}: {name}"]
    assert missing == []
