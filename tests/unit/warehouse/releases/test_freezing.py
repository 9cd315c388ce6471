"""Freezing: read-only files, the same bytes for the same inputs, numbers in order, nothing left of a failed attempt."""

from datetime import timedelta

import pyarrow as pa
import pytest

from schemas.codelists import CodeList
from schemas.errors import ReleaseError
from support.contracts import contract_with
from support.frozen_facility import CONTRACT, DEPARTMENTS, FIELDS, KINDS, LISTS, NOW, ROWS, folder_of, frozen, table_of
from support.frozen_rows import rows_of
from warehouse.layout import Layout
from warehouse.releases.releases import list_releases


def test_a_release_has_these_files_read_only_and_nothing_beside_it(layout):
    folder = folder_of(layout, frozen(layout))
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS", "codelist_kind.csv", "datapackage.json", "dictionary.csv", "facility.csv", "facility.csv-metadata.json", "facility.geojson", "facility.parquet",
        "facility.xlsx", "provenance.json", "quality.json",
    ]  # fmt: skip
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o444"}
    assert oct(folder.stat().st_mode & 0o777) == "0o755"
    assert sorted(path.name for path in folder.parent.iterdir()) == [".lock", "2026.11.1"]


def test_the_same_inputs_give_the_same_bytes_whatever_the_order_of_the_rows(tmp_path):
    one, other = Layout(tmp_path / "one"), Layout(tmp_path / "other")
    folders = [folder_of(one, frozen(one)), folder_of(other, frozen(other, table_of(ROWS[::-1])))]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second


def test_another_moment_changes_only_the_papers_that_say_when(tmp_path):
    one, other = Layout(tmp_path / "one"), Layout(tmp_path / "other")
    folders = [folder_of(one, frozen(one)), folder_of(other, frozen(other, now=NOW + timedelta(hours=1)))]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert {name for name in first if first[name] != second[name]} == {"SHA256SUMS", "datapackage.json", "provenance.json"}  # fmt: skip


def content_hash(*said):
    return rows_of(*said).counted.content_hash


def test_the_content_hash_follows_rows_and_public_schema_only():
    table = table_of()
    phoned = table.set_column(9, "phone", pa.array(["x"] * 4))
    assert content_hash(phoned, CONTRACT, LISTS, DEPARTMENTS) == content_hash(table, CONTRACT, LISTS, DEPARTMENTS)
    assert content_hash(table.take([3, 1, 0, 2]), CONTRACT, LISTS, DEPARTMENTS) == content_hash(
        table, CONTRACT, LISTS, DEPARTMENTS
    )
    assert content_hash(table.slice(1), CONTRACT, LISTS, DEPARTMENTS) != content_hash(
        table, CONTRACT, LISTS, DEPARTMENTS
    )
    retitled = contract_with([{"name": "id", "title": "新标题"}, *FIELDS[1:]], name="facility", policy=dict(CONTRACT.descriptor["sportlake"]))  # fmt: skip
    assert content_hash(table, retitled, LISTS, DEPARTMENTS) != content_hash(table, CONTRACT, LISTS, DEPARTMENTS)


def test_another_name_of_a_code_is_other_content():
    codes = tuple(code.model_copy(update={"zh": "丙"}) for code in KINDS.codes)
    renamed = CodeList(name="kind", title=KINDS.title, source=KINDS.source, codes=codes)
    assert content_hash(table_of(), CONTRACT, {"kind": renamed}, DEPARTMENTS) != content_hash(
        table_of(), CONTRACT, LISTS, DEPARTMENTS
    )


def test_rows_of_another_period_or_of_a_renamed_department_are_another_release():
    table = table_of()
    later = table.set_column(table.schema.get_field_index("period"), "period", pa.array(["2027"] * table.num_rows))
    renamed = {code: one.model_copy(update={"zh": "改名"}) for code, one in DEPARTMENTS.items()}
    told = content_hash(table, CONTRACT, LISTS, DEPARTMENTS)
    assert told != content_hash(later, CONTRACT, LISTS, DEPARTMENTS)
    assert told != content_hash(table, CONTRACT, LISTS, renamed)


def test_a_release_on_anything_but_the_newest_is_refused(layout):
    frozen(layout)
    with pytest.raises(ReleaseError, match="newest release"):
        frozen(layout, previous=None)


def test_nothing_to_release_is_refused(layout):
    with pytest.raises(ReleaseError, match="nothing of facility"):
        frozen(layout, slices=[])


def test_a_freeze_that_breaks_leaves_no_release_and_the_next_one_cleans_up(layout, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "warehouse.releases.contents.write_row_files", lambda *_: (_ for _ in ()).throw(OSError("disk full"))
        )
        with pytest.raises(OSError, match="disk full"):
            frozen(layout)
    assert not list_releases(layout, "facility")
    assert list((layout.releases / "facility").glob(".freezing-*"))
    assert frozen(layout).number == "2026.11.1"
    assert not list((layout.releases / "facility").glob(".freezing-*"))
