"""YAML files that are kept parsed: what is kept is never taken for another text, and never needed."""

import json
import sys
from datetime import date

import pytest

from schemas.contract import FOLDER
from schemas.execution import kept_yaml
from schemas.execution.kept_yaml import parse_file_text, parse_yaml, read_yaml

TEXT = "name: 场馆\ncreated: 2026-11-25\nshares: [0.5, 1, yes, null, '2026-11-25']\n"
VALUE = {"name": "场馆", "created": date(2026, 11, 25), "shares": [0.5, 1, True, None, "2026-11-25"]}


@pytest.fixture(autouse=True)
def bytecode_of_this_folder_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(kept_yaml, "_PROGRAM", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "facility.yaml"


@pytest.fixture
def kept(file):
    return file.parent / "__pycache__" / "facility.yaml.json"


@pytest.fixture
def parsed(monkeypatch):
    """The texts that are parsed from here on."""
    texts = []
    monkeypatch.setattr(kept_yaml, "parse_yaml", lambda text: texts.append(text) or parse_yaml(text))
    return texts


def test_a_text_is_parsed_once_and_comes_back_with_its_types(file, parsed):
    assert parse_file_text(TEXT, file) == parse_file_text(TEXT, file) == VALUE
    assert type(parse_file_text(TEXT, file)["created"]) is date
    assert parsed == [TEXT]


def test_another_text_of_the_file_is_parsed_anew(file, parsed):
    parse_file_text(TEXT, file)
    assert parse_file_text("name: x", file) == parse_file_text("name: x", file) == {"name": "x"}
    assert parsed == [TEXT, "name: x"]


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"sha256": {"<date>": "no day"}}', b'{"sha256": "x", "value": 1}'],
)  # fmt: skip
def test_what_is_damaged_is_made_anew(file, kept, damaged, parsed):
    parse_file_text(TEXT, file)
    kept.write_bytes(damaged)
    assert parse_file_text(TEXT, file) == parse_file_text(TEXT, file) == VALUE
    assert parsed == [TEXT, TEXT]


@pytest.mark.parametrize(
    "text", ["1: one", "at: 2026-11-25 10:00:00", "{<date>: '2026-11-25'}", "{<date>: x}", "n: .nan", "s: !!set {a, b}"]
)
def test_what_json_does_not_give_back_is_not_kept(file, kept, text):
    assert str(parse_file_text(text, file)) == str(parse_file_text(text, file)) == str(parse_yaml(text))
    assert not kept.exists()


def test_nothing_is_kept_where_it_cannot_be_written_or_bytecode_is_not(file, kept, monkeypatch):
    kept.parent.write_bytes(b"")
    assert parse_file_text(TEXT, file) == VALUE
    kept.parent.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert parse_file_text(TEXT, file) == VALUE
    assert list(file.parent.iterdir()) == []


def test_what_could_not_be_kept_leaves_no_part_of_it(file, kept):
    kept.mkdir(parents=True)
    assert parse_file_text(TEXT, file) == VALUE
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_with_a_folder_for_all_that_is_compiled_it_is_kept_there(file, monkeypatch, tmp_path, parsed):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    assert parse_file_text(TEXT, file) == parse_file_text(TEXT, file) == VALUE
    assert parsed == [TEXT]
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


def test_of_files_of_others_nothing_is_kept(file, kept, monkeypatch):
    monkeypatch.setattr(kept_yaml, "_PROGRAM", file.parent / "program")
    file.write_text(TEXT, encoding="utf-8")
    assert read_yaml(file) == VALUE
    assert not kept.exists()


def test_a_wrong_text_is_an_error_each_time(file, kept):
    for _ in range(2):
        with pytest.raises(ValueError, match="flow node"):
            parse_file_text("a: [", file)
    assert not kept.exists()


def test_all_contracts_are_kept(tmp_path):
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        parse_file_text(text, tmp_path / path.name)
        known = json.loads((tmp_path / "__pycache__" / f"{path.name}.json").read_bytes())
        assert parse_file_text(text, tmp_path / path.name) == parse_yaml(text)
        assert known["value"]["name"] == path.stem
