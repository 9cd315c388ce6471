"""Files of any kind without the values to erase: text in its own encoding, ZIP packages and workbooks, Parquet.

Bytes in, bytes out: parts without a value stay byte for byte. The result is None if the format cannot be rewritten faithfully (a binary
workbook, an OpenDocument sheet); the caller then removes the file. Files that are damaged, nested in three archives, larger than the
readers' limits when unpacked, or compressed in another way (gzip, PDF, pictures) are searched as plain bytes. Not here: which files, and
what else must change with them.
"""

import io
import lzma
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.erasure.sought_values import SoughtValues
from pipelines.erasure.tables import count_cells, erase_cells
from pipelines.read.workbooks.zip_archive import BROKEN, exceeds_limits

_TEXT = frozenset(
    {
        ".csv",
        ".tsv",
        ".txt",
        ".json",
        ".jsonl",
        ".geojson",
        ".jsonld",
        ".html",
        ".xml",
        ".rels",
        ".yaml",
        ".svg",
        ".css",
    }
)
_PACKAGES = frozenset({".xlsx", ".xlsm", ".zip"})
_WIDE = ("utf-16-le", "utf-16-be")
_NARROW = ("utf-8", "gb18030")
_LOOKED_AT = 4096
_CELL = re.compile(r"<c\b(?P<about>[^>]*)>(?P<inside>.*?)</c>", re.DOTALL)
_NUMBER = re.compile(r"<v>\s*([^<]*?)\s*</v>")
_SHARED = re.compile(r"<(si|is|text)\b[^>]*>(?P<inside>.*?)</\1>", re.DOTALL)
_RUN = re.compile(r"<t\b[^>]*>([^<]*)</t>")
_JSON_NUMBER = re.compile(r"(?P<before>(?:^|[:\[,])\s*)(?P<number>-?[0-9][0-9.eE+-]*)(?=\s*(?:[,\]}]|$))", re.MULTILINE)
_NESTED = 1
"""How many archives deep inside another one an archive is unpacked: a workbook in a ZIP archive."""


class ErasedFile(NamedTuple):
    """How often a value stands in a file, and its bytes without them; None if they cannot be written faithfully."""

    hits: int
    content: bytes | None


def erase_bytes(name: str, content: bytes, sought: SoughtValues, nested: int = 0) -> ErasedFile:
    """Returns the file without the values. `name` gives its format by its suffix; a broken package is searched as plain bytes.

    `nested`: how many archives it lies in.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if content.startswith(b"PAR1"):
        return _erase_parquet(content, sought)
    if content.startswith(b"PK\x03\x04"):
        return _erase_package(content, sought, nested, rewritable=suffix in _PACKAGES)
    count, changed = _erase_text(content, sought, suffix)
    return ErasedFile(count, changed if suffix in _TEXT or not count else None)


def _erase_parquet(content: bytes, sought: SoughtValues) -> ErasedFile:
    """Removes the values from the cells. A file with a value in a column name or in its metadata is not rewritten (None)."""
    try:
        table = pq.read_table(io.BytesIO(content))
        cells = count_cells(table, sought)
    except (pa.ArrowException, OSError, ValueError):
        return _search_bytes(content, sought)
    named = sum(map(sought.count_in, _list_names(table.schema)))
    if named or not cells:
        return ErasedFile(named + cells, None if named else content)
    try:
        written = io.BytesIO()
        pq.write_table(erase_cells(table, sought).table, written)
    except (pa.ArrowException, OSError, ValueError):
        return ErasedFile(cells, None)
    return ErasedFile(cells, written.getvalue())


def _list_names(schema: pa.Schema) -> Iterator[str]:
    """Yields the names and types of the columns, and every text of the file's metadata."""
    for field in schema:
        yield f"{field.name} {field.type}"
    for properties in (schema.metadata, *(field.metadata for field in schema)):
        for key, value in (properties or {}).items():
            yield f"{key.decode('utf-8', 'replace')} {value.decode('utf-8', 'replace')}"


def _erase_package(content: bytes, sought: SoughtValues, nested: int, *, rewritable: bool) -> ErasedFile:
    """Returns the package with the parts that hold a value rewritten; parts, their order, compression and properties stay.

    A comment of the package is dropped; a package whose part has a comment is not rewritten.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            parts, count = source.infolist(), _search_bytes(source.comment, sought).hits
            if nested > _NESTED or exceeds_limits(parts, len(content)):
                return _search_bytes(content, sought)
            for part in parts:
                erased = erase_bytes(part.filename, _read_part(source, part), sought, nested + 1)
                named = sought.count_in(part.filename) + _search_bytes(part.comment, sought).hits
                count += erased.hits + named
                rewritable = rewritable and erased.content is not None and not named
            if not count:
                return ErasedFile(0, content)
            return ErasedFile(count, _rewrite_package(source, sought, nested) if rewritable else None)
    except (*BROKEN, RuntimeError, lzma.LZMAError):
        return _search_bytes(content, sought)


def _rewrite_package(source: zipfile.ZipFile, sought: SoughtValues, nested: int) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        for part in source.infolist():
            erased = erase_bytes(part.filename, _read_part(source, part), sought, nested + 1)
            target.writestr(part, erased.content or b"")
    return written.getvalue()


def _read_part(source: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Returns a part, unpacked up to the size that the archive states."""
    with source.open(part) as packed:
        return packed.read(part.file_size)


def _search_bytes(content: bytes, sought: SoughtValues) -> ErasedFile:
    """Searches a file that cannot be read in its format; it stays if its bytes do not hold a value."""
    found, _ = _erase_text(content, sought, "")
    return ErasedFile(found, None if found else content)


def _erase_text(content: bytes, sought: SoughtValues, suffix: str) -> tuple[int, bytes]:
    """Returns how often a value occurs in the bytes, decoded by any encoding that encodes back to the same bytes, and the bytes without it."""
    count = 0
    wide = _WIDE if b"\0" in content[:_LOOKED_AT] or suffix not in _TEXT else ()
    for encoding in (*_NARROW, *wide):
        found, changed = _erase_encoded(content, encoding, sought, suffix)
        count, content = count + found, changed
    if wide and not count and suffix not in _TEXT:
        # Texts of a binary file begin at even and at odd places.
        count = sum(sought.count_in(content[1:].decode(encoding, "replace")) for encoding in wide)
    return count, content


def _erase_encoded(content: bytes, encoding: str, sought: SoughtValues, suffix: str) -> tuple[int, bytes]:
    try:
        text = content.decode(encoding, "surrogateescape")
        found, erased = _erase_in(text, sought, suffix)
        exact = found and text.encode(encoding, "surrogateescape") == content
    except UnicodeError:
        return sought.count_in(content.decode(encoding, "replace")), content
    return found, erased.encode(encoding, "surrogateescape") if exact else content


def _erase_in(text: str, sought: SoughtValues, suffix: str) -> tuple[int, str]:
    match suffix:
        case ".xml":
            return _erase_xml(text, sought)
        case ".json" | ".geojson" | ".jsonl" | ".jsonld":
            return erase_json(text, sought)
    count = sought.count_in(text)
    return count, sought.blank_text(text) if count else text


def erase_json(text: str, sought: SoughtValues) -> tuple[int, str]:
    """Returns how often a value occurs in a JSON document or JSON lines, and the text without it; a number becomes null."""
    numbers = 0

    def empty(found: re.Match[str]) -> str:
        nonlocal numbers
        if not sought.is_number(found["number"]):
            return found[0]
        numbers += 1
        return f"{found['before']}null"

    bare = _JSON_NUMBER.sub(empty, text) if sought.has_numbers else text
    count = sought.count_in(bare)
    return numbers + count, sought.blank_text(bare) if count else bare


def _erase_xml(text: str, sought: SoughtValues) -> tuple[int, str]:
    """Erases from XML as from text, and also from the numbers of worksheet cells and from shared texts that are split into runs of different formats."""
    numbers = 0

    def empty(cell: re.Match[str]) -> str:
        nonlocal numbers
        number = _NUMBER.search(cell["inside"])
        if (
            number is None
            or 't="s"' in cell["about"]
            or not (sought.is_number(number[1]) or sought.is_whole(number[1]))
        ):
            return cell[0]
        numbers += 1
        return f"<c{cell['about']}/>"

    def join(shared: re.Match[str]) -> str:
        nonlocal numbers
        runs = _RUN.findall(shared["inside"])
        whole_text = "".join(runs)
        if not runs[1:] or not sought.count_in(whole_text) or any(sought.count_in(run) for run in runs):
            return shared[0]
        numbers += 1
        return f"<{shared[1]}><t>{sought.blank_text(f' {whole_text} ')}</t></{shared[1]}>"

    joined = _SHARED.sub(join, text)
    bare = _CELL.sub(empty, joined) if sought.has_numbers else joined
    count = sought.count_in(bare)
    return numbers + count, sought.blank_text(bare) if count else bare
