"""Files are written by `warehouse/atomic_files.py`; who opens, renames or copies one itself stands in `direct_writes.yaml` with a reason."""

import ast
from pathlib import Path

import yaml
from house.test_house_rules import ROOT, SOURCES

LISTED = yaml.safe_load(Path(__file__).with_name("direct_writes.yaml").read_text(encoding="utf-8"))
WRITERS = {"atomic_files", "durable_files"}
CALLS = {
    "write_text", "write_bytes", "rename", "copyfile", "copy", "copy2", "copytree", "move", "hardlink_to", "symlink_to", "tofile",
    "write_table", "ParquetWriter", "save",
}  # fmt: skip
ON = {"copy": "shutil", "copy2": "shutil", "move": "shutil", "write_table": "pq"}
"""Names that other things have too count only on that module."""


def writes(call: ast.Call) -> bool:
    """Whether the call writes, copies or renames a file itself."""
    name, owner = call.func, ""
    if isinstance(name, ast.Attribute):
        owner, called = ast.unparse(name.value), name.attr
    else:
        called = name.id if isinstance(name, ast.Name) else ""
    words = [one.value for one in (*call.args, *(k.value for k in call.keywords)) if isinstance(one, ast.Constant)]
    if called == "open":
        if owner == "os":
            return "O_WRONLY" in ast.unparse(call) or "O_RDWR" in ast.unparse(call)
        return any(isinstance(word, str) and set(word) & set("wax+") and len(word) <= 3 for word in words)
    if called == "ZipFile":
        return "w" in words
    if called == "replace":  # a path's takes one argument, a text's two; dataclasses' takes names
        return len(call.args) == 1 and not call.keywords
    if called == "write_text":  # a site's takes a name and a text
        return len(call.args) == 1
    return called in CALLS and ON.get(called, owner) == owner


def found_writes() -> set[str]:
    found = set()
    for path in SOURCES:
        if path.stem in WRITERS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
                if any(writes(call) for call in calls):
                    found.add(f"{path.relative_to(ROOT)}:{function.name}")
    return found


def test_who_writes_a_file_itself_is_listed_with_a_reason():
    assert found_writes() == set(LISTED)
    assert all(LISTED.values())


def test_a_write_would_be_noticed():
    noticed = ["p.write_text('x')", "p.open('w')", "open(p, 'ab')", "a.replace(b)", "shutil.copy2(a, b)", "os.open(p, os.O_WRONLY)"]  # fmt: skip
    passed = ["t.replace('a', 'b')", "replace(one, x=1)", "p.open('rb')", "copy(a)", "os.open(p, os.O_RDONLY)"]
    assert [line for line in noticed if not writes(ast.parse(line).body[0].value)] == []
    assert [line for line in passed if writes(ast.parse(line).body[0].value)] == []
