"""Files of every kind lose the value and keep the rest, byte for byte where nothing was found."""

import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from pipelines.erasure.raw_bytes import erase_bytes
from pipelines.erasure.sought_values import SoughtValues
from pipelines.read.workbooks import zip_archive

SOUGHT = SoughtValues(["王小明", "13800138000"])
BODY = "id,name,tel\n1,王小明,138-0013-8000\n2,李四,1\n"


def workbook(*rows):
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_keeps_its_encoding(encoding):
    erased = erase_bytes("a.csv", BODY.encode(encoding), SOUGHT)
    assert (erased.hits, erased.content) == (2, "id,name,tel\n1,,\n2,李四,1\n".encode(encoding))


def test_numbers_in_json_become_null():
    erased = erase_bytes("a.json", b'{"tel": 13800138000, "name": "\\u738b\\u5c0f\\u660e", "n": 1}', SOUGHT)
    assert json.loads(erased.content) == {"tel": None, "name": "", "n": 1}
    assert erase_bytes("a.json", b"13800138000", SOUGHT) == (1, b"null")
    assert erase_bytes("a.jsonl", b'{"n":1}\n1.3800138E10\n2\n', SOUGHT) == (1, b'{"n":1}\nnull\n2\n')


def test_a_workbook_stays_one():
    erased = erase_bytes("a.xlsx", workbook(["王小明", 13800138000, "找王小明"], [1, 2, "x"]), SOUGHT)
    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(erased.content)).active]
    assert (erased.hits, cells[1]) == (3, [1, 2, "x"])
    assert "王小明" not in str(cells)
    assert "13800138000" not in str(cells)


def test_a_text_cut_into_runs_is_found():
    part = "<sst><si><r><t>王</t></r><r><t>小明</t></r></si><si><t>x</t></si></sst>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("xl/sharedStrings.xml", part)
    erased = erase_bytes("a.xlsx", file.getvalue(), SOUGHT)
    assert erased.hits == 1
    told = zipfile.ZipFile(io.BytesIO(erased.content)).read("xl/sharedStrings.xml").decode()
    assert told.count("<si>") == 2
    assert "小明" not in told


def test_parquet_keeps_its_types():
    file = io.BytesIO()
    pq.write_table(pa.table({"a": ["王小明", None, "z"], "n": [13800138000, 1, None]}), file)
    erased = erase_bytes("a.parquet", file.getvalue(), SOUGHT)
    table = pq.read_table(io.BytesIO(erased.content))
    assert (erased.hits, table.to_pydict()) == (2, {"a": [None, None, "z"], "n": [None, 1, None]})
    assert table.schema.field("n").type == pa.int64()


def parquet(columns, metadata=None, **how):
    file = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), file, **how)
    return file.getvalue()


def test_nested_and_binary_cells_of_parquet_are_searched_and_emptied():
    columns = {
        "list": [["a", "王小明"], ["b"]],
        "struct": [{"n": 13800138000}, {"n": 1}],
        "map": pa.array([[("王小明", 1)], [("b", 2)]], pa.map_(pa.string(), pa.int64())),
        "binary": ["王小明".encode("gb18030"), b"\xff"],
    }
    erased = erase_bytes("a.parquet", parquet(columns), SOUGHT)
    kept = {"list": [None, ["b"]], "struct": [None, {"n": 1}], "map": [None, [("b", 2)]], "binary": [None, b"\xff"]}
    assert (erased.hits, pq.read_table(io.BytesIO(erased.content)).to_pydict()) == (4, kept)


@pytest.mark.parametrize(
    ("columns", "metadata"), [({"王小明": ["x"]}, None), ({"a": ["x"]}, {"by": "王小明".encode()})]
)
def test_parquet_that_says_it_beside_its_rows_is_found_and_not_written_again(columns, metadata):
    assert erase_bytes("a.parquet", parquet(columns, metadata), SOUGHT) == (1, None)


def test_a_damaged_page_of_parquet_is_searched_as_bytes():
    content = bytearray(parquet({"a": [f"王小明{n}" for n in range(500)]}, compression="snappy"))
    content[20:200] = b"\xff" * 180
    erased = erase_bytes("a.parquet", bytes(content), SOUGHT)
    assert (erased.hits > 0, erased.content) == (True, None)


def packed(name, content, kind=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as package:
        package.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_is_searched_as_bytes(kind):
    content = bytearray(packed("a.csv", "x" * 5000 + BODY, kind))
    content[40:60] = b"\xff" * 20
    assert erase_bytes("a.zip", bytes(content), SOUGHT) == (0, bytes(content))
    assert erase_bytes("a.zip", bytes(content) + "王小明".encode(), SOUGHT) == (1, None)


def test_a_workbook_in_an_archive_is_unpacked_and_no_deeper():
    book = packed("a.xlsx", workbook(["王小明"]))
    inner = zipfile.ZipFile(io.BytesIO(erase_bytes("a.zip", book, SOUGHT).content)).read("a.xlsx")
    assert "王小明" not in str([cell.value for row in load_workbook(io.BytesIO(inner)).active for cell in row])
    deeper = packed("b.zip", book)
    assert erase_bytes("a.zip", deeper, SOUGHT) == (0, deeper)


def test_an_archive_beyond_the_limits_is_not_unpacked(monkeypatch):
    content = packed("a.csv", BODY + "x" * 100_000)
    assert erase_bytes("a.zip", content, SOUGHT).hits == 2
    monkeypatch.setattr(zip_archive, "EXPANSION_FROM", 50_000)
    assert erase_bytes("a.zip", content, SOUGHT) == (0, content)


def test_comments_of_an_archive_are_searched_and_its_parts_keep_their_compression():
    def archive(comment, of_part=b""):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            package.comment = comment
            for name, kind in (("a.csv", zipfile.ZIP_STORED), ("b.csv", zipfile.ZIP_DEFLATED)):
                part = zipfile.ZipInfo(name)
                part.compress_type, part.comment = kind, of_part
                package.writestr(part, BODY.replace("王小明", "x").replace("138-0013-8000", "y"))
        return file.getvalue()

    erased = erase_bytes("a.zip", archive("王小明".encode()), SOUGHT)
    with zipfile.ZipFile(io.BytesIO(erased.content)) as package:
        assert [part.compress_type for part in package.infolist()] == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
        assert (erased.hits, package.comment) == (1, b"")
    assert erase_bytes("a.zip", archive(b"", "王小明".encode()), SOUGHT) == (2, None)
    assert erase_bytes("a.zip", archive(b"x"), SOUGHT) == (0, archive(b"x"))


@pytest.mark.parametrize("offset", [0, 1])
def test_a_binary_workbook_is_found_and_cannot_be_rewritten(offset):
    erased = erase_bytes("a.xls", b"\xd0\xcf" + b"\0" * offset + "王小明".encode("utf-16-le"), SOUGHT)
    assert (erased.hits > 0, erased.content) == (True, None)


@pytest.mark.parametrize("content", [b"id,name\n1,x\n", workbook(["a", 1]), b"\xff\xfe\x00", b"", b"PK\x03\x04broken"])
def test_what_does_not_hold_it_stays_byte_for_byte(content):
    assert erase_bytes("a.xlsx", content, SOUGHT) == (0, content)
