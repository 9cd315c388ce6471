"""Names of cells as spreadsheets show them: `F17` is column F of row 17 in the file that was sent.

A finding gets the name once, here; receipts, JSON, the command line and the marked workbook only show it. Not here: the rows and columns
of a file (`pipelines/read`), the cells of a marked workbook that was rebuilt (`pipelines/annotated_workbook/annotations.py`).
"""

from collections.abc import Iterable, Iterator, Mapping

from pipelines.columns.column_letters import column_letters
from pipelines.columns.column_matching import ColumnMatching
from pipelines.read import Reading
from quality.findings import Finding, masked_excerpt


def locate_findings(findings: Iterable[Finding], reading: Reading, matching: ColumnMatching) -> Iterator[Finding]:
    """Yields the findings with the name of their cell, and the line on which their row begins if the file has lines.

    A finding on a whole row, a missing column or the table names no cell; one on a column (judge `cell`, no row) names its
    header. A CSV or JSON file is named as Excel would open it.
    """
    columns = number_field_columns(reading, matching)
    labels = {str(masked_excerpt(label)): at for label, at in zip(reading.labels, reading.columns, strict=True)}
    for finding in findings:
        place: dict[str, str | int] = {}
        at = _find_column(finding, columns, labels)
        row = finding.row or (reading.header_row if finding.judge == "cell" else None)
        if at and row:
            place["cell"] = cell_name(row, at)
        if reading.lines is not None and finding.row is not None:
            place["line"] = reading.lines.line_number(finding.row)
        yield finding.model_copy(update=place) if place else finding


def number_field_columns(reading: Reading, matching: ColumnMatching) -> dict[str, int]:
    """Returns the column of each field in the file, from 1; a field without a column is left out."""
    pairs = zip(matching.contract.fields, matching.order, strict=True)
    return {field.name: reading.columns[at] for field, at in pairs if at is not None}


def cell_name(row: int, column: int) -> str:
    """Returns the name of a cell, row and column from 1: `F17` for row 17 of column 6."""
    return f"{column_letters(column)}{row}"


def _find_column(finding: Finding, columns: Mapping[str, int], labels: Mapping[str, int]) -> int | None:
    """Returns the column of the field; of a finding on a label, that of the last column with the label (the surplus one)."""
    if finding.field is not None:
        return columns.get(finding.field)
    return labels.get(finding.value or "") if finding.row is None and finding.judge == "cell" else None
