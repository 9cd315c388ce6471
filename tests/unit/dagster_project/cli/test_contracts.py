"""`sportlake contracts diff` as a person runs it."""

import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from support.contracts import descriptor_with


def written(folder, name, **parts):
    path = folder / name
    path.write_text(yaml.safe_dump(descriptor_with(**parts), allow_unicode=True), encoding="utf-8")
    return str(path)


def diff(*paths):
    return CliRunner().invoke(app, ["contracts", "diff", *paths])


def test_a_breaking_change_under_the_old_version_ends_with_1(tmp_path):
    old = written(tmp_path, "old.yaml", fields=["id", "n:integer"])
    new = written(tmp_path, "new.yaml", fields=["id"], version="1.1.0")
    done = diff(old, new)
    assert done.exit_code == 1
    assert "breaking" in done.output
    assert "2.0.0" in done.output


def test_a_version_that_rose_enough_ends_with_0(tmp_path):
    old = written(tmp_path, "old.yaml", fields=["id"])
    new = written(tmp_path, "new.yaml", fields=["id", "n:integer"], version="1.1.0")
    assert diff(old, new).exit_code == 0
    assert "nothing changed" in diff(old, old).output


def test_a_contract_that_is_not_there_ends_with_2(tmp_path):
    assert diff(str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")).exit_code == 2
