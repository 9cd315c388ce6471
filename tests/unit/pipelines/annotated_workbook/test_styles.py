"""Styles of a marked workbook as they are written; what they look like is tested with whole workbooks."""

import subprocess
import sys

WRITE = "from pipelines.annotated_workbook.styles import WorkbookStyles; import sys; sys.stdout.buffer.write(WorkbookStyles().to_xml())"


def test_the_bytes_do_not_depend_on_whether_openpyxl_was_loaded_before():
    """In processes of their own, since what is loaded stays loaded."""
    plain, after = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        for code in (WRITE, f"import openpyxl; {WRITE}")
    )
    assert plain == after
    assert b"<styleSheet xmlns=" in plain
