"""A release frozen again: other rows, true checksums, the same number; a kill between two files is seen and finished."""

import json
from pathlib import Path

import pyarrow.compute as pc
import pytest

from schemas.errors import ReleaseError
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import workspace_with
from warehouse.releases.refreezing import finish_refreezing, refreeze_release
from warehouse.releases.releases import list_numbers, read_release, verify_release

NOTE = {"on": "2026-11-26", "order": "1号", "erasure": "ERASE-AAAA-AAAA"}


@pytest.fixture
def shelf(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "note"], name="sample"))
    freeze_release(workspace, "sample", "1", "2")
    freeze_release(workspace, "sample", "2", "3")
    return workspace.layout.releases / "sample"


def without_one(rows, schema):
    assert [field["name"] for field in schema["fields"]] == rows.column_names
    return rows.filter(pc.not_equal(rows.column("id"), "1"))


def refreeze(folder):
    refreeze_release(folder, without_one, lambda text: text, NOTE)
    return read_release(folder)


def is_half_done(folder):
    return folder.with_name(f".refrozen-{folder.name}").is_dir()


def kill_at_third_file(monkeypatch, folder):
    real, moved = Path.replace, []

    def die_at_third(self, target):
        if self.parent.name.startswith(".refrozen"):
            moved.append(target)
            if len(moved) == 3:
                raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die_at_third)
        with pytest.raises(KeyboardInterrupt):
            refreeze(folder)


def test_every_file_says_the_same_without_the_row(shelf):
    first, second = (shelf / number for number in list_numbers(shelf))
    before = read_release(first)
    made = refreeze(first)
    refreeze(second)
    assert (made.rows, made.number, made.created) == (1, before.number, before.created)
    assert made.content_hash != before.content_hash
    assert verify_release(first) == verify_release(second) == []
    facts = json.loads((second / "datapackage.json").read_text(encoding="utf-8"))["sportlake"]["release"]
    assert facts["erased"] == [NOTE]
    assert {name: facts["changes"][name] for name in ("added", "removed", "changed")} == {"added": 1, "removed": 0, "changed": 0}  # fmt: skip
    assert json.loads((first / "provenance.json").read_text(encoding="utf-8"))["content_hash"] == made.content_hash


def test_a_kill_between_two_files_is_loud_and_the_next_call_finishes(shelf, monkeypatch):
    folder = shelf / list_numbers(shelf)[0]
    kill_at_third_file(monkeypatch, folder)
    assert is_half_done(folder)
    assert verify_release(folder)
    assert list_numbers(shelf)[0] == folder.name
    assert refreeze(folder).rows == 1
    assert verify_release(folder) == []
    assert not is_half_done(folder)


def test_what_one_erasure_left_ready_is_not_the_result_of_the_next(shelf, monkeypatch):
    folder = shelf / list_numbers(shelf)[0]
    kill_at_third_file(monkeypatch, folder)
    other = {**NOTE, "erasure": "ERASE-BBBB-BBBB"}
    refreeze_release(folder, lambda rows, _: rows.slice(0, 0), lambda text: text, other)
    assert (read_release(folder).rows, verify_release(folder)) == (0, [])
    facts = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["sportlake"]["release"]
    assert facts["erased"] == [NOTE, other]


def test_finishing_moves_what_is_ready_and_nothing_else(shelf, monkeypatch):
    first, second = (shelf / number for number in list_numbers(shelf))
    kill_at_third_file(monkeypatch, first)
    before = {path.name: path.read_bytes() for path in second.iterdir()}
    for folder in (first, second):
        finish_refreezing(folder)
        assert verify_release(folder) == []
        assert not is_half_done(folder)
    assert read_release(first).rows == 1
    assert {path.name: path.read_bytes() for path in second.iterdir()} == before


def test_a_damaged_release_gets_no_new_checksums(shelf):
    folder = shelf / list_numbers(shelf)[0]
    (folder / "sample.csv").chmod(0o644)
    (folder / "sample.csv").write_text("id,note\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="not intact"):
        refreeze(folder)
    assert verify_release(folder)
