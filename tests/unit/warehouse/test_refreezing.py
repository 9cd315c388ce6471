"""A release frozen again: other rows, true checksums, the same number; a kill between two files is seen and finished."""

import json
from pathlib import Path

import pyarrow.compute as pc
import pytest

from schemas.errors import ReleaseError
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import workspace_with
from warehouse.refreezing import is_half_done, refreeze_release
from warehouse.releases import list_numbers, read_release, verify_release

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
    return refreeze_release(folder, without_one, lambda text: text, NOTE)


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
    folder, real, moved = shelf / list_numbers(shelf)[0], Path.replace, []

    def die_at_third(self, target):
        if self.parent.name.startswith(".refrozen"):
            moved.append(target)
            if len(moved) == 3:
                raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", die_at_third)
    with pytest.raises(KeyboardInterrupt):
        refreeze(folder)
    monkeypatch.setattr(Path, "replace", real)
    assert is_half_done(folder)
    assert verify_release(folder)
    assert list_numbers(shelf)[0] == folder.name
    assert refreeze(folder).rows == 1
    assert verify_release(folder) == []
    assert not is_half_done(folder)


def test_a_damaged_release_gets_no_new_checksums(shelf):
    folder = shelf / list_numbers(shelf)[0]
    (folder / "sample.csv").chmod(0o644)
    (folder / "sample.csv").write_text("id,note\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="not intact"):
        refreeze(folder)
    assert verify_release(folder)
