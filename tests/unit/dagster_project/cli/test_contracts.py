"""`sportlake contracts show` and `diff` as a person runs them."""

import json

import pytest
import yaml
from frictionless import Package
from typer.testing import CliRunner

from dagster_project.cli import app
from schemas.contract import parse_contract
from support.contracts import SHORT, descriptor_with


def written(folder, name, **parts):
    path = folder / name
    path.write_text(yaml.safe_dump(descriptor_with(**parts), allow_unicode=True), encoding="utf-8")
    return str(path)


def show(*arguments):
    return CliRunner().invoke(app, ["contracts", "show", *arguments])


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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "sample.yaml"
    path.write_text(yaml.safe_dump(SHORT, allow_unicode=True, sort_keys=False), encoding="utf-8")
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("options", "read"), [((), yaml.safe_load), (("--format", "json"), json.loads)])
def test_a_contract_is_shown_as_a_valid_data_package_with_all_that_it_inherits(options, read):
    shown = read(show("sample", *options).stdout)
    assert [error.message for error in Package.metadata_validate(shown)] == []
    assert parse_contract(shown) == parse_contract(read(json.dumps(SHORT)))
    assert list(shown) == list(parse_contract(SHORT).descriptor)


@pytest.mark.usefixtures("folder")
def test_a_contract_is_shown_without_anchors_and_broken_lines_that_no_person_wrote():
    shown = show("sample").stdout
    assert "&id" not in shown
    assert "信息资源代码由省级政务数据主管部门分配，尚未分配" in shown


@pytest.mark.usefixtures("folder")
def test_a_contract_is_shown_as_tables_on_request():
    shown = show("sample", "--format", "table").stdout
    assert "所在地" not in shown
    assert "admin_code" in shown
    assert show("stadium").exit_code == 2


def test_a_short_contract_and_all_of_it_do_not_differ(folder):
    whole = folder / "whole.yaml"
    whole.write_text(show("sample").stdout, encoding="utf-8")
    assert "nothing changed" in diff(str(folder / "sample.yaml"), str(whole)).output
