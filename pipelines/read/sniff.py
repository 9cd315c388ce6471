"""Detection of a file's format from its first bytes.

The suffix is used only where the content is ambiguous; text that is neither JSON nor markup is a delimited table,
whatever its suffix. Not here: reading the content (`dispatch` names the readers).
"""

import re
import zipfile
from pathlib import Path

from pipelines.read.reading import refuse_file

HEAD_BYTES = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""Magic bytes of a ZIP archive, and of an empty one."""
PARQUET = b"PAR1"
# Magic bytes of formats that are submitted by mistake, and their names in the message.
_STRANGERS = {
    b"%PDF": ("PDF 文档", "a PDF document"),
    b"\x89PNG": ("图片", "a picture"),
    b"\xff\xd8\xff": ("图片", "a picture"),
    b"GIF8": ("图片", "a picture"),
    b"Rar!": ("RAR 压缩包", "a RAR archive"),
    b"7z\xbc\xaf": ("7z 压缩包", "a 7z archive"),
    b"\x1f\x8b": ("gzip 压缩文件", "a gzip file"),
    b"{\\rtf": ("RTF 文档", "an RTF document"),
    b"SQLite format 3": ("SQLite 数据库", "an SQLite database"),
}
_SHAPEFILE = ("Shapefile 图层", "a layer of a Shapefile")
_OTHER_TABLES = {
    b"\0\1\0\0Standard ": ("Access 数据库", "an Access database"),
    b"$FL2@(#)": ("SPSS 数据文件", "an SPSS data file"),
    b"$FL3@(#)": ("SPSS 数据文件", "an SPSS data file"),
    b"<stata_dta>": ("Stata 数据文件", "a Stata data file"),
    b"HEADER RECORD*******LIB": ("SAS 传输文件", "a SAS transport file"),
    bytes(12) + b"\xc2\xea\x81\x60": ("SAS 数据集", "a SAS data set"),
    b"ARROW1": ("Arrow 文件（Feather）", "an Arrow file (Feather)"),
    b"\0\0\x27\x0a": _SHAPEFILE,
}
"""Magic bytes of tables that other programs write and that are not read; without them most would be called text in UTF-16.

Source: PRONOM (National Archives), ESRI Shapefile Technical Description (file code 9994).
"""
_DBASE = re.compile(rb"\x03.[\x00-\x0c][\x00-\x1f]", re.DOTALL)
"""Version, year, month and day of a dBase table's header: the first byte alone begins texts in UTF-16 too."""
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<head", b"<meta", b"<body", b"<style", b"<div", b"<?xml", b"<workbook")
_PARTS = {
    "xl/workbook.xml": "xlsx",
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.bin": "xlsb",
}
_MEND = (
    "请用采集模板填报，另存为 XLSX 或“CSV UTF-8（逗号分隔）”后重新报送",
    "fill in our template and save it as XLSX or as “CSV UTF-8 (comma delimited)”",
)


def sniff_format(path: Path) -> str:
    """Returns the format of a file: csv, json, xlsx, ods, xls, parquet or zip.

    Raises UnreadableFile: empty (0 bytes); format (another format, named in the message); corrupt (an archive that
    cannot be listed).
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise refuse_file(
            "empty",
            f"“{path.name}”是空文件（0 字节）；请检查保存或传输是否完成，重新导出后重新报送",
            f"“{path.name}” is empty (0 bytes); check that saving or sending was finished, export it again",
        )
    if head.startswith(OLE):
        return "xls"
    if head.startswith(ZIP):
        return _sniff_archive(path)
    if head.startswith(PARQUET):
        return "parquet"
    _refuse_strangers(path, head)
    return _sniff_text(path, head)


def _refuse_strangers(path: Path, head: bytes) -> None:
    """Raises UnreadableFile (`format`) if the file begins as one that is not read."""
    for magic, (zh, en) in _STRANGERS.items():
        if head.startswith(magic):
            raise unreadable_error(path, zh, en)
    for magic, named in _OTHER_TABLES.items():
        if head.startswith(magic):
            raise _other_table_error(path, *named)
    if _DBASE.match(head):
        raise _other_table_error(path, "dBase 表（DBF）", "a dBase table (DBF)")


def unreadable_error(path: Path, zh: str, en: str) -> Exception:
    """Returns the exception (kind `format`) for a file that is not a table; `zh` and `en` name what it is."""
    return refuse_file(
        "format", f"“{path.name}”是{zh}，不是数据表；{_MEND[0]}", f"“{path.name}” is {en}, not a table; {_MEND[1]}"
    )


def _other_table_error(path: Path, zh: str, en: str) -> Exception:
    return refuse_file(
        "format",
        f"“{path.name}”是{zh}，平台不读取这种格式；请用原来的程序导出为 XLSX、GeoJSON 或“CSV UTF-8（逗号分隔）”后重新报送",
        f"“{path.name}” is {en}, a format that is not read here; export it as XLSX, GeoJSON or “CSV UTF-8 (comma delimited)” from its own program",
    )


def _sniff_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()}
            if "mimetype" in archive.namelist() and archive.getinfo("mimetype").file_size < HEAD_BYTES:
                kind = archive.read("mimetype").decode("ascii", "strict").strip()
                if kind == "application/vnd.oasis.opendocument.spreadsheet":
                    return "ods"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, UnicodeDecodeError, EOFError, OSError) as wrong:
        raise refuse_file(
            "corrupt",
            f"“{path.name}”已损坏，无法打开；请在 Excel 或 WPS 中打开原文件，另存为新的 XLSX 后重新报送",
            f"“{path.name}” is damaged and cannot be opened; open the original in Excel or WPS and save it as a new XLSX",
        ) from wrong
    kind = next((kind for part, kind in _PARTS.items() if part in names), "zip")
    if kind == "zip" and "[content_types].xml" in names:
        raise refuse_file(
            "format",
            f"“{path.name}”是以少见方式保存的 Office 文件，读不出工作簿；请在 Excel 或 WPS 中打开，另存为新的 XLSX 后重新报送",
            f"“{path.name}” is an Office file saved in an unusual way and no workbook can be read from it; open it in Excel or WPS and save it as a new XLSX",
        )
    if kind == "zip" and any(name.endswith(".shp") for name in names):
        raise _other_table_error(path, *_SHAPEFILE)
    if kind in {"xlsx", "zip"}:
        return kind
    called = {
        "docx": ("Word 文档", "a Word document"),
        "pptx": ("演示文稿", "a presentation"),
        "xlsb": ("二进制工作簿（XLSB）", "a binary workbook (XLSB)"),
    }
    raise unreadable_error(path, *called[kind])


def _sniff_text(path: Path, head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise unreadable_error(
            path,
            "网页或 XML 文件（很可能是业务系统导出的假 Excel）",
            "a web page or XML (many systems export such a false Excel)",
        )
    if start.startswith((b"{", b"[")) and (path.suffix.lower() in {".json", ".geojson"} or _looks_like_json(start)):
        return "json"
    return "csv"


def _looks_like_json(start: bytes) -> bool:
    # A CSV label may begin with `{` or `[` too; in JSON a quote, another bracket or the closing bracket follows it.
    return start[1:].lstrip()[:1] in {b'"', b"{", b"[", b"]", b"}"}
