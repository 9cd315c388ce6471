"""A file checked by ranges of its bytes: the same findings, order and sentences included, as in one piece, wherever it is cut."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.conformance.access_limits import trust_absolute_paths
from quality.conformance.byte_ranges import ByteRange, check_range, conform_by_ranges, make_ranged_file
from quality.conformance.file import PREFILTER_FROM_BYTES, conform_file
from schemas.errors import EngineError, UnreadableFile
from schemas.execution.engine import LocalEngine
from support.faulty_facilities import write_package

ROWS = 20_000
SCHEMA = {
    "fields": [
        {"name": "code", "type": "string", "constraints": {"unique": True}},
        {"name": "size", "type": "integer", "constraints": {"maximum": 100}},
    ],
    "primaryKey": ["code"],
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    file, descriptor = write_package(tmp_path_factory.mktemp("ranges"), ROWS)
    return file, json.loads(descriptor.read_text(encoding="utf-8"))


def ranged(file, descriptor, size, engine=None):
    with trust_absolute_paths():
        return conform_by_ranges(
            make_ranged_file(file, descriptor, None, file.parent), engine or LocalEngine(), size=size
        )


def test_a_file_with_faults_of_all_kinds_has_the_same_findings_in_ranges(package, monkeypatch):
    file, descriptor = package
    whole = conform_file(file, descriptor, resource=None, folder=file.parent)
    monkeypatch.setattr("quality.conformance.blocks.BLOCK", 1 << 16)
    for size in (1, 1 << 18, 1 << 30):
        parts = ranged(file, descriptor, size)
        assert (parts.findings, parts.records) == (whole.findings, whole.rows)
    assert len({finding.type for finding in whole.findings}) == 8


def test_processes_find_the_same(package):
    file, descriptor = package
    whole = conform_file(file, descriptor, resource=None, folder=file.parent)
    assert file.stat().st_size > 2 << 20
    assert ranged(file, descriptor, 1, LocalEngine(2)).findings == whole.findings


def test_a_file_that_was_corrected_to_the_same_size_is_opened_anew(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("code,site\nA,1\n", encoding="utf-8")
    wrong = ranged(file, {"name": "t", "path": "rows.csv", "schema": SCHEMA}, 1)
    file.write_text("code,size\nA,1\n", encoding="utf-8")
    right = ranged(file, {"name": "t", "path": "rows.csv", "schema": SCHEMA}, 1)
    assert ([one.type for one in wrong.findings], right.findings) == (["incorrect-label"], [])


def test_a_worker_that_kept_a_file_notices_that_a_table_it_refers_to_was_corrected(tmp_path):
    file, descriptor = write_package(tmp_path, 3000)
    described = json.loads(descriptor.read_text(encoding="utf-8"))
    before = Counter(one.type for one in ranged(file, described, 1).findings)
    with (tmp_path / "districts.csv").open("a", encoding="utf-8") as districts:
        districts.write("219999\n")
    after = Counter(one.type for one in ranged(file, described, 1).findings)
    assert before - after == Counter({"foreign-key": 3})


def test_a_worker_with_another_table_than_the_command_refuses_the_work(tmp_path):
    file, descriptor = write_package(tmp_path, 1000)
    planned = make_ranged_file(file, json.loads(descriptor.read_text(encoding="utf-8")), None, tmp_path)
    (tmp_path / "districts.csv").write_text("code\n210101\n", encoding="utf-8")
    with trust_absolute_paths(), pytest.raises(EngineError, match="other reference tables"):
        check_range(planned, ByteRange(0, 1))


CELLS = st.sampled_from(["a", "b", "1", "12", "x", '"a,b"', '"a\nb"', '"a""b"', "", 'a"b'])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=30), st.integers(1, 3))
def test_any_rows_have_the_same_findings_wherever_they_are_cut(tmp_path_factory, rows, blocks):
    file = tmp_path_factory.mktemp("cut") / "rows.csv"
    file.write_text("code,size\n" + "".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    whole = conform_file(file, SCHEMA, resource=None, folder=file.parent, typed=lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("quality.conformance.blocks.BLOCK", 8 * blocks)
        made = conform_file(file, SCHEMA, resource=None, folder=file.parent, engine=LocalEngine())
    assert (made.findings, made.rows) == (whole.findings, whole.rows)


@pytest.mark.parametrize(
    "content", [b"code,size\n\xff,1\n", "code,size\n沈阳,1\n".encode("utf-16"), b"", b"code,size\n"]
)
def test_what_cannot_be_cut_is_checked_in_one_piece(tmp_path, content):
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    described = {"name": "t", "path": "rows.csv", "schema": SCHEMA}
    if content.startswith(b"\xff\xfe"):
        described["encoding"] = "utf-16"
    assert file.stat().st_size < PREFILTER_FROM_BYTES

    def check(engine):
        return told(lambda: conform_file(file, described, resource=None, folder=tmp_path, engine=engine))

    assert check(LocalEngine()) == check(None)


def told(check):
    try:
        return check().model_dump()
    except UnreadableFile as refused:
        return repr(refused)


def test_another_file_on_a_worker_is_refused(package, tmp_path):
    file, descriptor = package
    told = make_ranged_file(file, descriptor, None, file.parent)
    with pytest.raises(EngineError, match="the same file at the same path"):
        check_range(told._replace(size=told.size + 1), None)
    with pytest.raises(EngineError, match="the same file at the same path"):
        check_range(told._replace(path=str(tmp_path / "none.csv")), None)
