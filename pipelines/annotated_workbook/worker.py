"""The program that marks an XLSX as it came, in a process of its own and within limits (`confined` is the other side).

It gets the original, the target and its limits as arguments and the job on its input. It ends with 0 when the target is written whole,
with 1 and one line on its output when the original cannot be copied safely; anything else means that a limit was met.
Imports nothing that is slow to import. Not here: deciding what is marked.
"""

import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from pipelines.annotated_workbook import comments
from pipelines.annotated_workbook.cell_xml import sheet_of
from pipelines.annotated_workbook.job import Job, read_job
from pipelines.annotated_workbook.sheet_xml import Frame, Ink, inked, parted, suspicious_of, unprefixed, verified
from pipelines.annotated_workbook.source_workbook import Original, SheetOf
from pipelines.annotated_workbook.styles import Kind, Styles
from pipelines.annotated_workbook.xlsx_package import Package, Page

UNSAFE = 1
_LARGEST = 512 * 2**20
"""Of the file that is written."""
_UNCOPIED = (ValueError, KeyError, IndexError, ParseError, ExpatError, zipfile.BadZipFile, zlib.error, EOFError)


def main(path: str, target: str, memory: str, seconds: str) -> int:
    """Mark the workbook; the code to end with."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    job = read_job(sys.stdin.buffer.read().decode())
    try:
        ink(Path(path), Path(target), job)
    except _UNCOPIED as wrong:
        sys.stdout.write(f"{type(wrong).__name__}: {wrong}\n")
        return UNSAFE
    return 0


def ink(path: Path, target: Path, job: Job) -> None:
    """Write `target`: the workbook in `path` with the job's marks, and with the first sheet before the others."""
    original = Original(path)
    sheets = [sheet for sheet in original.sheets if sheet.name == job.sheet or sheet.name != job.title]
    if job.sheet not in {sheet.name for sheet in sheets}:
        raise ValueError("the sheet that was read is not there")
    styles, shared = Styles(original.shared("styles")), original.shared("sharedStrings")
    suspicious = suspicious_of(shared) if shared else frozenset()
    package = Package(target)
    first = Page(job.title, "visible", [sheet_of(job.lines, job.widths, styles)])
    pages = [_page(original, sheet, job, Ink({}, styles, suspicious)) for sheet in sheets]
    names = original.names({sheet.place: at for at, sheet in enumerate(sheets, 1)})
    package.pages([first, *pages], names, date1904=original.date1904)
    package.put("xl/styles.xml", [styles.xml()])
    for part, kind in (("xl/sharedStrings.xml", "sharedStrings"), ("xl/theme/theme1.xml", "theme")):
        if found := original.shared(kind):
            package.put(part, [unprefixed(found)])
    package.close()


def _page(original: Original, sheet: SheetOf, job: Job, bare: Ink) -> Page:
    """One worksheet; its rows are only read and written when its turn comes."""
    marks = job.marks if sheet.name == job.sheet else ()
    ours = {(mark.row, mark.column): mark.note for mark in marks if mark.note}
    theirs = original.comments(sheet)
    spoken = bool(ours or theirs)
    state = "visible" if sheet.name == job.sheet else sheet.state
    by_row: dict[int, dict[int, Kind]] = {}
    for mark in marks:
        by_row.setdefault(mark.row, {})[mark.column] = mark.kind
    return Page(
        name=sheet.name,
        state=state,
        xml=verified(_pieces(original, sheet, Ink(by_row, bare.styles, bare.suspicious), notes=spoken)),
        comments=comments.comments(ours, theirs) if spoken else None,
        boxes=comments.boxes(ours, theirs) if spoken else None,
    )


def _pieces(original: Original, sheet: SheetOf, ink_of: Ink, *, notes: bool) -> Iterator[bytes]:
    frame, rows = parted(original.read(sheet.part) or b"")
    around = Frame(frame)
    yield around.before()
    yield from inked(rows, ink_of)
    yield around.after(notes=notes)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
