"""A workbook of openpyxl as bytes that do not depend on the clock: openpyxl writes the time of saving into each file.

Not here: the cells of a workbook, and the annotated copy of a department's own workbook (`rebuilt.py`).
"""

import io
import re
import zipfile

from openpyxl import Workbook

from pipelines.annotated_workbook.xlsx_package import XlsxPackage

_PROPERTIES = "docProps/core.xml"
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# As the parts of the archive have it (`xlsx_package.py`).
_ALWAYS = b"1980-01-01T00:00:00Z"


def pack_undated(book: Workbook) -> bytes:
    """Returns the saved workbook; the same cells and styles always give the same bytes. A write-only workbook cannot be changed afterwards."""
    book.properties.creator = "sportlake"
    saved, undated = io.BytesIO(), io.BytesIO()
    book.save(saved)
    package = XlsxPackage(undated)
    with zipfile.ZipFile(saved) as archive:
        for part in archive.namelist():
            content = archive.read(part)
            package.add_part(part, [_MOMENT.sub(_ALWAYS, content) if part == _PROPERTIES else content])
    package.close_archive()
    return undated.getvalue()
