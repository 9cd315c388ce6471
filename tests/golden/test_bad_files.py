"""One bad file a case: refused with one stable kind, and one message that names the file and what to do, in both languages."""

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.read import read_file
from pipelines.read.reading import CELL_CHARACTERS, COLUMNS, JSON_BYTES, LINE_BYTES, RAGGED_ROWS, ROWS
from schemas.errors import UnreadableFile
from support.files import HEADER, ROW, text, venues, workbook

FILES = Path(__file__).parent / "files"
TITLES = HEADER.split(",")
MB = 2**20


def _raw(folder: Path, content: bytes, name: str = "venues.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _missing(folder: Path) -> Path:
    return folder / "venues.csv"


def _folder(folder: Path) -> Path:
    (folder / "venues.csv").mkdir()
    return folder / "venues.csv"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "venues.csv")
    return folder / "venues.csv"


def _long_line(folder: Path) -> Path:
    path = folder / "venues.csv"
    with path.open("wb") as file:
        file.write(f"{HEADER}\n".encode())
        for _ in range(100):
            file.write(b"x" * MB)
    return path


def _long_json(folder: Path) -> Path:
    path = folder / "venues.json"
    with path.open("wb") as file:
        file.write(b"[")
        file.truncate(JSON_BYTES + 1)
    return path


def _bomb(folder: Path) -> Path:
    path = workbook(folder, {"数据": [TITLES, ROW.split(",")]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as part:
        for _ in range(200):
            part.write(bytes(MB))
    return path


def _grid_bomb(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(TITLES)
    sheet.append(ROW.split(","))
    sheet["XFD1048576"] = 1
    book.save(folder / "venues.xlsx")
    return folder / "venues.xlsx"


def _repeated_bomb(folder: Path) -> Path:
    path = folder / "venues.ods"
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    with zipfile.ZipFile(FILES / "open.ods") as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "content.xml":
                row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table>'
                content = content.replace(b"</table:table>", row.encode())
            target.writestr(part, content)
    return path


def _cut(folder: Path) -> Path:
    path = workbook(folder, {"数据": [TITLES, ROW.split(",")]})
    return _raw(folder, path.read_bytes()[:-200], "venues.xlsx")


def _torn_sheet(folder: Path) -> Path:
    source, path = workbook(folder, {"数据": [TITLES, ROW.split(",")]}, "whole.xlsx"), folder / "venues.xlsx"
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(path, "w") as torn:
        for part in whole.infolist():
            content = whole.read(part)
            torn.writestr(part, content[: len(content) // 2] if "sheet1" in part.filename else content)
    return path


def _torn_parquet(folder: Path) -> Path:
    content = bytearray(_parquet(folder, {"编号": [f"LN-{at}" for at in range(1000)]}).read_bytes())
    content[4:200] = bytes(196)
    return _raw(folder, bytes(content), "venues.parquet")


def _torn_xls(folder: Path) -> Path:
    content = bytearray((FILES / "legacy.xls").read_bytes())
    content[512:1024] = bytes(range(256)) * 2
    return _raw(folder, bytes(content), "venues.xls")


def _encrypted_stream_only(folder: Path) -> Path:
    # The compound file of another program, its directory naming an EncryptedPackage but no workbook.
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return _raw(folder, head.ljust(1536, b"\xff"), "venues.xlsx")


CASES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "missing": ("missing", _missing),
    "a folder": ("format", _folder),
    "a pipe": ("format", _pipe),
    "empty": ("empty", lambda d: _raw(d, b"")),
    "only a byte order mark": ("empty", lambda d: _raw(d, b"\xef\xbb\xbf")),
    "only blank lines": ("empty", lambda d: _raw(d, b"\n ,\n\n")),
    "an empty workbook": ("empty", lambda d: workbook(d, {"数据": []})),
    "only a header": ("no-rows", lambda d: text(d, HEADER + "\n")),
    "only a header, blank rows below": ("no-rows", lambda d: text(d, HEADER + "\n,,,\n\n")),
    "only a header in a workbook": ("no-rows", lambda d: workbook(d, {"数据": [TITLES]})),
    "an empty list": ("no-rows", lambda d: _raw(d, b"[]", "venues.json")),
    "an excerpt saved as text": ("excerpt", lambda d: text(d, f"行号 Row,{HEADER}\n2,{ROW}\n")),
    "labels of another dataset": ("no-header", lambda d: text(d, "姓名,电话\n张三,1\n")),
    "Big5": ("encoding", lambda d: text(d, "編號,名稱,面積\nLN-1,瀋陽體育館,5\n", "big5")),
    "Big5 under English labels": ("encoding", lambda d: text(d, "id,name\nLN-1,瀋陽市體育館\n", "big5")),
    "UTF-16": ("encoding", lambda d: text(d, f"{HEADER}\n{ROW}\n", "utf-16")),
    "UTF-16 without a mark": ("encoding", lambda d: text(d, "id,name\nLN-1,park\n", "utf-16-le")),
    "UTF-32": ("encoding", lambda d: text(d, f"{HEADER}\n{ROW}\n", "utf-32")),
    "Latin-1": ("encoding", lambda d: text(d, "id,name\nLN-1,Müller Straße\n", "latin-1")),
    "UTF-8 cut in a character": ("encoding", lambda d: _raw(d, f"{HEADER}\nLN-1,体育馆".encode()[:-1])),
    "JSON in GBK": ("encoding", lambda d: text(d, '[{"编号": "LN-1"}]', "gbk", "venues.json")),
    "lone surrogates": ("encoding", lambda d: _raw(d, b'[{"id": "\\ud800"}]', "venues.json")),
    "NUL bytes": ("not-a-table", lambda d: _raw(d, f"{HEADER}\nLN-1,a\0b,1,\n".encode() + ROW.encode() * 9)),
    "a 100 MB line": ("long-line", _long_line),
    "a line one byte too long": ("long-line", lambda d: _raw(d, b"id,name\nLN-1," + b"x" * (LINE_BYTES - 4) + b"\n")),
    "a cell one character too long": ("long-cell", lambda d: text(d, "id,name\nLN-1," + "长" * (CELL_CHARACTERS + 1) + "\n")),
    "a column too many": ("too-large", lambda d: text(d, "编号," + "x," * COLUMNS + "\n1\n")),
    "a quote that never ends": ("not-a-table", lambda d: text(d, f'{HEADER}\nLN-1,"和平\n{ROW}\n')),
    "text after a quote": ("not-a-table", lambda d: text(d, f'{HEADER}\nLN-1,"和"平,1,\n')),
    "ragged all over": ("not-a-table", lambda d: text(d, "名称,编号\n" + "公园\n" * (RAGGED_ROWS + 1))),
    "JSON too large": ("too-large", _long_json),
    "JSON cut off": ("corrupt", lambda d: _raw(d, b'[{"id": "LN-1"}, {"id"', "venues.json")),
    "JSON nested too deep": ("corrupt", lambda d: _raw(d, b"[" * 100_000, "venues.json")),
    "JSON with a key twice": ("corrupt", lambda d: _raw(d, b'[{"id": "LN-1", "id": "LN-2"}]', "venues.json")),
    "JSON with an endless number": ("corrupt", lambda d: _raw(d, b'[{"id": ' + b"9" * 5000 + b"}]", "venues.json")),
    "JSON that is no list": ("not-a-table", lambda d: _raw(d, b'{"rows": 3}', "venues.json")),
    "GeoJSON without features": ("not-a-table", lambda d: _raw(d, b'{"type": "FeatureCollection"}', "venues.json")),
    "a PDF called XLSX": ("format", lambda d: _raw(d, b"%PDF-1.7\n", "venues.xlsx")),
    "a web page called XLS": ("format", lambda d: _raw(d, b"\xef\xbb\xbf<html><table>", "venues.xls")),
    "an archive of several files": ("many-tables", lambda d: _zip(d, {"a.csv": b"id\n1\n", "b.csv": b"id\n2\n"})),
    "an archive in an archive": ("nested-archive", lambda d: _zip(d, {"a.zip": _zip(d, {"a.csv": b"id\n1\n"}).read_bytes()})),
    "an archive that climbs out": ("unsafe-archive", lambda d: _zip(d, {"../../a.csv": b"id\n1\n"})),
    "an archive of another drive": ("unsafe-archive", lambda d: _zip(d, {"C:\\a.csv": b"id\n1\n"})),
    "an archive of the root": ("unsafe-archive", lambda d: _zip(d, {"/etc/a.csv": b"id\n1\n"})),
    "an empty archive": ("empty", lambda d: _zip(d, {})),
    "an archive of litter only": ("empty", lambda d: _zip(d, {"__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})),
    "an archive that unfolds without end": ("too-large", lambda d: _zip(d, {"a.csv": b"id\n" + b"1\n" * 64 * MB})),
    "an archive cut short": ("corrupt", lambda d: _raw(d, _zip(d, {"a.csv": b"id\n1\n"}).read_bytes()[:-30], "venues.zip")),
    "a Parquet file cut short": ("corrupt", lambda d: _raw(d, _parquet(d, {"编号": ["1"]}).read_bytes()[:-20], "venues.parquet")),
    "a Parquet file torn inside": ("corrupt", _torn_parquet),
    "a Parquet file of lists": ("not-a-table", lambda d: _parquet(d, {"编号": [["1"]]})),
    "a Parquet file of bytes": ("not-a-table", lambda d: _parquet(d, {"编号": [b"1"]})),
    "a Parquet file without rows": ("no-rows", lambda d: _parquet(d, {"编号": pa.array([], pa.string())})),
    "a Parquet file of another dataset": ("no-header", lambda d: _parquet(d, {"姓名": ["1"]})),
    "a Parquet file with a cell too long": ("long-cell", lambda d: _parquet(d, {"编号": ["长" * (CELL_CHARACTERS + 1)]})),
    "a Parquet file with a category too long": (
        "long-cell",
        lambda d: _parquet(d, {"编号": pa.array(["1", "长" * (CELL_CHARACTERS + 1)]).dictionary_encode()}),
    ),
    "a Parquet file of text views with a cell too long": (
        "long-cell",
        lambda d: _parquet(d, {"编号": pa.array(["长" * (CELL_CHARACTERS + 1)], pa.string_view())}),
    ),
    "a Parquet file with a column too many": ("too-large", lambda d: _parquet(d, {f"c{at}": [1] for at in range(COLUMNS + 1)})),
    "a Parquet file with a row too many": ("too-large", lambda d: _parquet(d, {"编号": pa.repeat(pa.scalar("1"), ROWS + 1)})),
    "a Word document": ("format", lambda d: _zip(d, {"word/document.xml": b"<w/>"})),
    "an Office file without a workbook": ("format", lambda d: _zip(d, {"[Content_Types].xml": b"<Types/>", "b.xml": b"<b/>"})),
    "a Shapefile in an archive": ("format", lambda d: _zip(d, {"场地.shp": b"\0\0\x27\x0a", "场地.dbf": b"\3", "场地.shx": b"x"})),
    "a picture": ("format", lambda d: _raw(d, b"\x89PNG\r\n\x1a\n", "venues.png")),
    "a password": ("password", lambda _: FILES / "password.xlsx"),
    "an XLSX cut short": ("corrupt", _cut),
    "an XLSX with half a sheet": ("corrupt", _torn_sheet),
    "a torn XLS": ("corrupt", _torn_xls),
    "a compound file without a workbook": ("corrupt", _encrypted_stream_only),
    "not really a zip": ("corrupt", lambda d: _raw(d, b"PK\x03\x04 and nothing else", "venues.xlsx")),
    "a zip bomb": ("too-large", _bomb),
    "two cells at the ends of a sheet": ("too-large", _grid_bomb),
    "a cell repeated a billion times": ("too-large", _repeated_bomb),
    "no sheet of the dataset": ("no-sheet", lambda d: workbook(d, {"甲": [["a"], ["b"]], "乙": [["c"], ["d"]]})),
    "two sheets of the dataset": (
        "many-sheets",
        lambda d: workbook(d, {"沈阳": [TITLES, ROW.split(",")], "大连": [TITLES, ROW.split(",")]}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"$FL2@(#) SPSS DATA FILE\0\0", "SPSS 数据文件"),
        (b"<stata_dta><header><release>119</release>\0\0", "Stata 数据文件"),
        (b"HEADER RECORD*******LIBV8   HEADER RECORD\0", "SAS 传输文件"),
        (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "SAS 数据集"),
        (b"ARROW1\0\0\xff\xff\xff\xff", "Arrow 文件（Feather）"),
        (b"\3\x7e\x0b\x1e\x2c\1\0\0a\0", "dBase 表（DBF）"),
        (b"\0\0\x27\x0a" + bytes(30), "Shapefile 图层"),
        (b"\0\1\0\0Standard ACE DB\0", "Access 数据库"),
    ],
)
def test_a_table_of_another_program_is_named_and_no_text_in_utf_16(tmp_path, head, named):
    with pytest.raises(UnreadableFile) as refused:
        read_file(_raw(tmp_path, head, "venues.csv"), venues())
    assert refused.value.kind == "format"
    assert refused.value.text.zh.startswith(f"“venues.csv”是{named}，平台不读取这种格式；请用原来的程序导出为 XLSX")


def test_a_text_that_begins_with_the_byte_of_dbase_is_none(tmp_path):
    with pytest.raises(UnreadableFile, match="UTF-16"):
        read_file(_raw(tmp_path, "吃喝,名称,面积\n1,2,3\n".encode("utf-16-le"), "venues.csv"), venues())


def _parquet(folder: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), folder / "venues.parquet")
    return folder / "venues.parquet"


def _zip(folder: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "venues.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return folder / "venues.zip"


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_one_clear_message(case, tmp_path):
    kind, build = CASES[case]
    path = build(tmp_path)
    before = path.read_bytes() if path.is_file() and path.stat().st_size < 10 * MB else None
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, venues())
    assert refused.value.kind == kind
    for sentence in (refused.value.text.zh, refused.value.text.en):
        assert path.name in sentence
        assert str(tmp_path) not in sentence
    assert "；" in refused.value.text.zh or "。" in refused.value.text.zh, "says how to mend it"
    assert before is None or path.read_bytes() == before


def test_the_refusal_of_a_wrong_encoding_says_line_and_byte(tmp_path):
    path = text(tmp_path, "id,name\nLN-1,park\nLN-2,Müller\n", "latin-1")
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, venues())
    assert "line 3, from byte 24 on" in refused.value.text.en


def test_the_refusal_of_torn_quotes_says_where_the_record_begins(tmp_path):
    path = text(tmp_path, f'{HEADER}\n{ROW}\nLN-2,"和平\n{ROW}\n{ROW}\n')
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, venues())
    assert "lines 3–5" in refused.value.text.en


def test_a_hundred_megabytes_in_one_line_are_refused_without_reading_them(tmp_path):
    path = _long_line(tmp_path)
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read_file(path, venues())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MB


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = _bomb(tmp_path)
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read_file(path, venues())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MB
