"""Hostile files, written small and quickly: `CASES`, each with what must become of it.

They unfold, nest, repeat, lie or point elsewhere. All are tables of `support.files.venues` where they are tables at all. Files that
are merely broken stand in `tests/golden/test_bad_files.py`. Not here: reading them within limits (`confined.py`).
"""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from support.files import HEADER, ROW

MB = 2**20
TITLES = HEADER.split(",")
CELLS = ROW.split(",")
OPEN_ODS = Path(__file__).parents[1] / "golden" / "files" / "open.ods"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Hostile(NamedTuple):
    """What must become of the file (`read`, or the kind of its refusal), and how it is written."""

    outcome: str
    write: Callable[[Path], Path]


def raw(content: bytes, name: str = "venues.csv") -> Callable[[Path], Path]:
    """A file of these bytes."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def streamed(pieces: Callable[[], Iterable[bytes]], name: str) -> Callable[[Path], Path]:
    """A file of these pieces, which are never held together."""

    def write(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.writelines(pieces())
        return folder / name

    return write


def packed(parts: dict[str, bytes], name: str = "venues.zip") -> Callable[[Path], Path]:
    """A ZIP archive of these parts."""

    def write(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return folder / name

    return write


def zipped(parts: dict[str, bytes]) -> bytes:
    """The bytes of such an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return file.getvalue()


def sheet_xml(rows: str, *, columns: str = "", behind: str = "", before: str = "") -> str:
    """A worksheet: what stands before its root, column elements, rows, elements behind the rows."""
    head = "".join(
        f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{title}</t></is></c>' for at, title in enumerate(TITLES)
    )
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{SPACE}">{columns}<sheetData><row r="1">{head}</row>{rows}</sheetData>{behind}</worksheet>'


def text_row(number: int, cells: Iterable[str] = CELLS) -> str:
    """A row of texts."""
    inside = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'


def xlsx(sheet: str, more: dict[str, bytes] | None = None) -> Callable[[Path], Path]:
    """A workbook of this one sheet, and of other parts."""
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" Type="%b/officeDocument" Target="xl/workbook.xml"/></Relationships>' % RELATIONS.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{SPACE}" xmlns:r="{RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="%b/worksheet" Target="worksheets/sheet1.xml"/>'
        b'<Relationship Id="r2" Type="%b/sharedStrings" Target="sharedStrings.xml"/></Relationships>' % (RELATIONS.encode(), RELATIONS.encode()),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }  # fmt: skip
    return packed(parts | (more or {}), "venues.xlsx")


def ods(rows: str, columns: str = "") -> Callable[[Path], Path]:
    """An OpenDocument of one table with the header and these rows."""

    def write(folder: Path) -> Path:
        head = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{title}</text:p></table:table-cell>'
            for title in TITLES
        )
        with (
            zipfile.ZipFile(OPEN_ODS) as source,
            zipfile.ZipFile(folder / "venues.ods", "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in source.infolist():
                content = source.read(part).decode() if part.filename == "content.xml" else ""
                if content:
                    start = content.index(">", content.index("<table:table ")) + 1
                    table = f"{columns}<table:table-row>{head}</table:table-row>{rows}"
                    content = f"{content[:start]}{table}{content[content.index('</table:table>') :]}"
                target.writestr(part.filename, content or source.read(part))
        return folder / "venues.ods"

    return write


ODS_ROW = "".join(
    f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in CELLS
)
ODS_FAILED = (
    '<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="0" calcext:value-type="error">'
    "<text:p>#REF!</text:p></table:table-cell>"
)


def deep(opening: bytes, closing: bytes, times: int, inside: bytes = b"1") -> bytes:
    """A value within `times` others."""
    return opening * times + inside + closing * times


def geojson(
    properties: bytes = b'{"\xe7\xbc\x96\xe5\x8f\xb7": "LN-1"}', geometry: bytes = b"null", name: str = "venues.geojson"
) -> Callable[[Path], Path]:
    """One feature with these properties and this geometry."""
    return raw(
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": %b, "geometry": %b}]}'
        % (properties, geometry),
        name,
    )


def lying_zip(folder: Path) -> Path:
    """An archive that states one byte for what unfolds to 10 MB."""
    path = packed({"a.csv": b"id\n" + b"1\n" * 5 * MB})(folder)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(mark)
        content[place + at : place + at + 4] = struct.pack("<I", 1)
    path.write_bytes(content)
    return path


def lying_workbook(folder: Path) -> Path:
    """A workbook whose sheet unfolds to 10 MB and states 100 bytes."""
    path = xlsx(sheet_xml(text_row(2)) + " " * 10 * MB)(folder)
    content = bytearray(path.read_bytes())
    for mark, at, name in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = content.index(mark)
        while not content[place + name :].startswith(b"xl/worksheets/sheet1.xml"):
            place = content.index(mark, place + 4)
        content[place + at : place + at + 4] = struct.pack("<I", 100)
    path.write_bytes(content)
    return path


def parquet_bomb(folder: Path) -> Path:
    """Two thousand texts of a megabyte each, of which the file holds one: a dictionary of one value."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["x" * MB]))
    pq.write_table(pa.table({"编号": column}), folder / "venues.parquet", compression="zstd")
    return folder / "venues.parquet"


def parquet_of_many_long_cells(folder: Path) -> Path:
    """Four million cells of 30 000 characters, of which the file holds one."""
    column = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), 4_000_000), pa.array(["x" * 30_000]))
    pq.write_table(pa.table({"编号": column}), folder / "venues.parquet", compression="zstd")
    return folder / "venues.parquet"


def lying_parquet(old: int, new: int, places: int = -1) -> Callable[[Path], Path]:
    """A Parquet file in whose footer the number of rows is another one (both as Thrift's zigzag varints).

    `places`: how many of the footer's numbers are changed, first that of the file, then those of its row group; -1 is all.
    """

    def varint(number: int) -> bytes:
        number, out = number << 1, b""
        while number > 127:
            out, number = out + bytes([number & 127 | 128]), number >> 7
        return out + bytes([number])

    def write(folder: Path) -> Path:
        path = folder / "venues.parquet"
        pq.write_table(pa.table({"编号": pa.repeat(pa.scalar("LN-1"), old)}), path)
        content = path.read_bytes()
        assert varint(old) in content
        assert len(varint(old)) == len(varint(new))
        path.write_bytes(content.replace(varint(old), varint(new), places))
        return path

    return write


def linked(folder: Path) -> Path:
    """A symbolic link to a device without end."""
    (folder / "venues.csv").symlink_to("/dev/zero")
    return folder / "venues.csv"


def invalid_name(folder: Path) -> Path:
    """A file whose name is no UTF-8."""
    path = folder / os.fsdecode(b"venues_\xff\xfe.csv")
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    return path


ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "'
    + "x" * 1000
    + '">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{("&" + chr(97 + at) + ";") * 50}">' for at in range(6))
    + "]>"
)
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
CASES: dict[str, Hostile] = {
    # Archives
    "a zip that states a false size": Hostile("corrupt", lying_zip),
    "a zip in a zip in a zip": Hostile("nested-archive", packed({"a.zip": zipped({"b.zip": zipped({"c.csv": b"1"})})})),
    "a zip of ten thousand names": Hostile("many-tables", packed({f"{at}.csv": b"" for at in range(10_001)})),
    "a zip of a name that climbs out": Hostile("unsafe-archive", packed({"a/../../../etc/cron.d/x.csv": b"1"})),
    "a zip of a name with a NUL": Hostile("read", packed({"a.csv\0.exe": f"{HEADER}\n{ROW}\n".encode()})),
    "a workbook that states a false size": Hostile("corrupt", lying_workbook),
    "a workbook with parts that climb out": Hostile("read", xlsx(sheet_xml(text_row(2)), {"../../../tmp/x.xml": b"<x/>"})),
    # XML
    "a workbook of entities within entities": Hostile("corrupt", xlsx(sheet_xml(text_row(2, ["&g;", "", "", ""]), before=ENTITIES))),
    "a workbook with an entity of another file": Hostile("corrupt", xlsx(sheet_xml(text_row(2, ["&a;", "", "", ""]), before=OUTSIDE))),
    "a workbook nested a million deep": Hostile("no-rows", xlsx(sheet_xml("<a>" * 1_000_000))),
    "a workbook of two hundred thousand merged areas": Hostile("read", xlsx(sheet_xml(text_row(2), behind="<mergeCells>" + "".join(f'<mergeCell ref="A{at}:B{at}"/>' for at in range(3, 200_003)) + "</mergeCells>"))),
    "a workbook of ten thousand areas over all rows": Hostile("not-a-table", xlsx(sheet_xml(text_row(2) + text_row(1_000_000), behind="<mergeCells>" + '<mergeCell ref="A2:A1000000"/>' * 10_000 + "</mergeCells>"))),
    "a workbook that hides all columns again and again": Hostile("read", xlsx(sheet_xml(text_row(2), columns="<cols>" + '<col min="1" max="16384" hidden="1"/>' * 300_000 + "</cols>"))),
    "a workbook of a million texts that nobody uses": Hostile("read", xlsx(sheet_xml(text_row(2)), {"xl/sharedStrings.xml": b'<sst xmlns="%b">%b</sst>' % (SPACE.encode(), b"<si><t>x</t></si>" * 1_000_000)})),
    "a workbook that repeats a long text": Hostile("too-large", xlsx(sheet_xml("".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(2, 10_002))), {"xl/sharedStrings.xml": b'<sst xmlns="%b"><si><t>%b</t></si></sst>' % (SPACE.encode(), b"x" * 30_000)})),
    "a workbook of a text of 60 MB": Hostile("long-cell", xlsx(sheet_xml(text_row(2, ["x" * 60 * MB, "", "", ""])))),
    "a workbook of rows without end": Hostile("too-large", xlsx(sheet_xml('<row r="4294967295"><c r="XFD4294967295"><v>1</v></c></row>'))),
    "a workbook of formulas that call programs": Hostile("read", xlsx(sheet_xml('<row r="2"><c r="A2" t="str"><f>cmd|\'/c calc\'!A0</f><v>LN-1</v></c></row>'))),
    # OpenDocument
    "an ODS of a cell repeated over the sheet": Hostile("too-large", ods('<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>')),
    "an ODS of failed cells repeated a thousandfold": Hostile("too-large", ods(f'<table:table-row table:number-rows-repeated="1000">{ODS_FAILED.format(columns=16384)}</table:table-row>')),
    "an ODS of hidden rows repeated without end": Hostile("read", ods(f"<table:table-row>{ODS_ROW}</table:table-row>" + '<table:table-row table:number-rows-repeated="9999999" table:visibility="collapse"/>' * 50_000)),
    "an ODS of hidden columns repeated without end": Hostile("read", ods(f"<table:table-row>{ODS_ROW}</table:table-row>", columns='<table:table-column table:number-columns-repeated="9999999" table:visibility="collapse"/>' * 50_000)),
    "an ODS of numbers with units repeated": Hostile("read", ods('<table:table-row table:number-rows-repeated="10000"><table:table-cell/><table:table-cell/><table:table-cell office:value-type="float" office:value="1"><text:p>1 km</text:p></table:table-cell></table:table-row>' * 50)),
    # Delimited text
    "a line of 300 MB": Hostile("long-line", streamed(lambda: [f"{HEADER}\n".encode(), *[b"x" * MB] * 300], "venues.csv")),
    "50 MB of nothing": Hostile("no-rows", streamed(lambda: [f"{HEADER}\n".encode(), *[b"\0" * MB] * 50], "venues.csv")),
    "a hundred thousand columns": Hostile("too-large", raw(("编号," + ",".join(f"c{at}" for at in range(100_000)) + "\n1\n").encode())),
    "a million quotes": Hostile("not-a-table", raw(f"{HEADER}\nLN-1,".encode() + b'"' * 1_000_000 + b"\n")),
    "a hundred thousand lines of quotes": Hostile("not-a-table", raw(f"{HEADER}\nLN-1,".encode() + b'"\n' * 100_001)),
    "a cell over half a million lines": Hostile("not-a-table", raw(f'{HEADER}\nLN-1,"'.encode() + b"a\n" * 500_000 + b'",1,\n')),
    "fifty thousand short cells of two lines": Hostile("read", raw((f"{HEADER}\n" + 'LN-1,"a\nb,c,d,e",1,\n' * 50_000).encode())),
    "commas only": Hostile("not-a-table", raw((f"{HEADER}\n" + ("," * 900_000 + "x\n") * 20).encode())),
    "carriage returns only": Hostile("read", raw((f"{HEADER}\n{ROW}\n" + "\r" * 400_000).encode())),
    "NUL in the middle": Hostile("not-a-table", raw(f"{HEADER}\nLN-1,a\0b,1,\n{ROW}\n".encode())),
    "SQL in the header": Hostile("read", raw(f'{HEADER},"x""); DROP TABLE a; --"\n{ROW},1\n'.encode())),
    # JSON
    "JSON nested ten thousand deep": Hostile("corrupt", raw(b'[{"id": %b}]' % deep(b"[", b"]", 10_000), "venues.json")),
    "GeoJSON nested ten thousand deep": Hostile("corrupt", geojson(geometry=b'{"type": "Polygon", "coordinates": %b}' % deep(b"[", b"]", 10_000))),
    "a JSON number of a million digits": Hostile("corrupt", raw(b'[{"id": %b}]' % (b"9" * 1_000_000), "venues.json")),
    "a JSON fraction of a million digits": Hostile("read", raw(b'[{"id": 0.%b}]' % (b"9" * 1_000_000), "venues.json")),
    "GeoJSON of numbers that are none": Hostile("read", geojson(geometry=b'{"type": "Point", "coordinates": [NaN, -Infinity]}')),
    "a coordinate beyond all numbers": Hostile("read", geojson(geometry=b'{"type": "Point", "coordinates": [1e999, 1e-999]}')),
    "a key twice far down": Hostile("corrupt", geojson(properties=b'{"id": "LN-1", "a": {"b": {"c": 1, "c": 2}}}')),
    "JSON of five million empty objects": Hostile("too-large", streamed(lambda: [b"[", *[b"{}," * MB] * 5, b"{}]"], "venues.json")),
    "JSON of lists of nothing": Hostile("too-large", streamed(lambda: [b"[", *[b"[]," * MB] * 5, b"[]]"], "venues.json")),
    "JSON of five million small objects": Hostile("too-large", streamed(lambda: [b"[", *[b'{"a":1},' * MB] * 5, b'{"a":1}]'], "venues.json")),
    "JSON keys that collide with names of code": Hostile("read", raw(b'[{"id": "LN-1", "__proto__": 1, "__class__": 2, "constructor": 3}]', "venues.json")),
    # Parquet
    "a Parquet dictionary of one long text": Hostile("long-cell", parquet_bomb),
    "Parquet cells that unfold without end": Hostile("too-large", parquet_of_many_long_cells),
    "Parquet that states more rows than it has": Hostile("corrupt", lying_parquet(100_003, 190_003)),
    "Parquet that states fewer rows than its row groups": Hostile("corrupt", lying_parquet(190_003, 100_003, 1)),
    "Parquet that states more rows than its row groups": Hostile("corrupt", lying_parquet(100_003, 190_003, 1)),
    # Names and kinds of files
    "a link to a device": Hostile("format", linked),
    "a pipe": Hostile("format", lambda folder: os.mkfifo(folder / "venues.csv") or folder / "venues.csv"),  # type: ignore[func-returns-value]
    "a name that is no UTF-8": Hostile("read", invalid_name),
    "a name of 255 bytes": Hostile("read", raw(f"{HEADER}\n{ROW}\n".encode(), "v" * 251 + ".csv")),
}  # fmt: skip
for depth in (200, 400, 900):
    CASES[f"JSON nested {depth} deep"] = Hostile(
        "read", raw(b'[{"id": "LN-1", "name": %b}]' % deep(b"[", b"]", depth), "venues.json")
    )
