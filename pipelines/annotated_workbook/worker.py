"""Program that annotates an original XLSX in its own process, within limits (`make.annotate_in_subprocess` starts it).

Arguments: the original, the target, bytes of memory, processor seconds. The job is read as JSON from standard input.
Exit code 0: the target is completely written. Exit code 1, with one line on standard output: the original cannot be
copied safely. Any other code: a limit was met. No module that is slow to import may be imported here. Not here: what is
marked (`annotations`).
"""

import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from pipelines.annotated_workbook import comments
from pipelines.annotated_workbook.cell_xml import build_sheet
from pipelines.annotated_workbook.job import AnnotationJob, PlacedText, read_job
from pipelines.annotated_workbook.sheet_frame import SheetFrame
from pipelines.annotated_workbook.sheet_xml import (
    RowAnnotations,
    annotate_rows,
    find_formula_texts,
    split_rows,
    strip_namespace_prefix,
    verify_xml_stream,
)
from pipelines.annotated_workbook.source_workbook import SheetPart, SourceWorkbook
from pipelines.annotated_workbook.styles import Kind, WorkbookStyles
from pipelines.annotated_workbook.xlsx_package import PackagePage, XlsxPackage

UNSAFE = 1
_FILTERED = "_xlnm._FilterDatabase"
_LARGEST = 512 * 2**20
"""Maximum size in bytes of the file that is written."""
_UNCOPIED = (ValueError, KeyError, IndexError, ParseError, ExpatError, zipfile.BadZipFile, zlib.error, EOFError)


def main(path: str, target: str, memory: str, seconds: str) -> int:
    """Sets the limits, annotates the workbook and returns the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    job = read_job(sys.stdin.buffer.read().decode())
    try:
        annotate(Path(path), Path(target), job)
    except _UNCOPIED as wrong:
        sys.stdout.write(f"{type(wrong).__name__}: {wrong}\n")
        return UNSAFE
    return 0


def annotate(path: Path, target: Path, job: AnnotationJob) -> None:
    """Writes to `target` the workbook in `path` with the job's marks, and with the summary as its first sheet.

    Raises one of `_UNCOPIED`, if the workbook cannot be copied safely or lacks the sheet that was read.
    """
    original = SourceWorkbook(path)
    sheets = [sheet for sheet in original.sheets if sheet.name == job.sheet or sheet.name != job.title]
    if job.sheet not in {sheet.name for sheet in sheets}:
        raise ValueError("the sheet that was read is not there")
    styles, shared = WorkbookStyles(original.read_shared_part("styles")), original.read_shared_part("sharedStrings")
    suspicious = find_formula_texts(shared) if shared else frozenset()
    package = XlsxPackage(target)
    first = PackagePage(job.title, "visible", [build_sheet(job.lines, job.widths, styles)])
    pages = [_build_worksheet_page(original, sheet, job, RowAnnotations({}, styles, suspicious)) for sheet in sheets]
    names = original.read_defined_names({sheet.place: at for at, sheet in enumerate(sheets, 1)})
    marked = next(at for at, sheet in enumerate(sheets, 1) if sheet.name == job.sheet)
    if job.texts:  # programs make this name anew; with the columns of proposals the filter is wider than it says
        names = [name for name in names if (name.name, name.page) != (_FILTERED, marked)]
    package.add_worksheets([first, *pages], names, date1904=original.date1904)
    package.add_part("xl/styles.xml", [styles.to_xml()])
    for part, kind in (("xl/sharedStrings.xml", "sharedStrings"), ("xl/theme/theme1.xml", "theme")):
        if found := original.read_shared_part(kind):
            package.add_part(part, [strip_namespace_prefix(found)])
    package.finish_package()


def _build_worksheet_page(
    original: SourceWorkbook, sheet: SheetPart, job: AnnotationJob, bare: RowAnnotations
) -> PackagePage:
    """Returns one worksheet; its rows are read and written lazily, when the package writes it."""
    marks = job.marks if sheet.name == job.sheet else ()
    ours = {(mark.row, mark.column): mark.note for mark in marks if mark.note}
    theirs = original.read_comments(sheet)
    has_comments = bool(ours or theirs)
    state = "visible" if sheet.name == job.sheet else sheet.state
    rows = _annotate_marked_sheet(job, bare) if sheet.name == job.sheet else bare
    return PackagePage(
        name=sheet.name,
        state=state,
        xml=verify_xml_stream(_stream_sheet_xml(original, sheet, rows, notes=has_comments)),
        comments=comments.build_comments(ours, theirs) if has_comments else None,
        boxes=comments.build_comment_boxes(ours, theirs) if has_comments else None,
    )


def _annotate_marked_sheet(job: AnnotationJob, bare: RowAnnotations) -> RowAnnotations:
    by_row: dict[int, dict[int, Kind]] = {}
    for mark in job.marks:
        by_row.setdefault(mark.row, {})[mark.column] = mark.kind
    texts: dict[int, dict[int, PlacedText]] = {}
    for text in job.texts:
        texts.setdefault(text.row, {})[text.column] = text
    return replace(bare, marks=by_row, texts=texts, cleared=frozenset(job.cleared), header=job.header)


def _stream_sheet_xml(
    original: SourceWorkbook, sheet: SheetPart, ink_of: RowAnnotations, *, notes: bool
) -> Iterator[bytes]:
    frame, rows = split_rows(original.read_part(sheet.part) or b"")
    around = SheetFrame(frame)
    if columns := sorted({column for texts in ink_of.texts.values() for column in texts}):
        around.add_columns(columns[0], columns[-1])
    yield around.xml_before_rows()
    yield from annotate_rows(rows, ink_of)
    yield around.xml_after_rows(notes=notes)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
