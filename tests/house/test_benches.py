"""Benches name nothing that is gone: they are run on demand only, so nothing else notices a function that was renamed."""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from support.commands import ROOT

BENCHES = sorted((ROOT / "tests" / "bench").glob("*.py"))
OURS = {"pipelines", "catalog", "schemas", "quality", "warehouse", "dagster_project", "support"}
BESIDE = {file.stem for file in BENCHES}


def list_programs(text: str) -> Iterator[ast.Module]:
    """The program itself, and those that it holds as text for other processes."""
    program = ast.parse(text)
    yield program
    for node in ast.walk(program):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            try:
                yield ast.parse(node.value)
            except SyntaxError:
                continue  # a sentence, not a program


def list_imports(text: str) -> Iterator[tuple[str, str]]:
    """Module and name of every import of ours."""
    for program in list_programs(text):
        for node in ast.walk(program):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS | BESIDE:
                yield from ((node.module, name.name) for name in node.names)


@pytest.mark.parametrize("file", BENCHES, ids=lambda file: file.stem)
def test_what_a_bench_imports_is_there(file, monkeypatch):
    monkeypatch.syspath_prepend(file.parent)
    gone = [
        f"{module}.{name}"
        for module, name in list_imports(file.read_text(encoding="utf-8"))
        if not hasattr(import_module(module), name)
    ]
    assert gone == []


def test_programs_held_as_text_are_looked_into():
    text = 'RUN = """\nfrom pipelines.read import read_file\n"""\nHINT = "first import the file"\n'
    assert list(list_imports(text)) == [("pipelines.read", "read_file")]
