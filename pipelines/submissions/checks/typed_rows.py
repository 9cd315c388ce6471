"""The rows of a file, normalised and typed, without any judgement.

Normalising is a step of every validation; typed rows alone are asked of a submission that was not judged yet, or not accepted. Not
here: the whole validation (`pipelines/submissions/validation.py`), accepted rows (`pipelines/intake.py`).
"""

import pyarrow as pa

from pipelines.columns.column_matching import ColumnMatching, match_reading
from pipelines.normalise import NormalisedTable, normalise_table
from pipelines.read import Reading, read_file
from pipelines.submissions.checks.cell_conformance import check_cells
from pipelines.submissions.inbox.submission import Submission, original_file
from pipelines.workspace import Workspace
from quality.brief_findings import BriefFindings
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.slices import SliceKey


def normalise_rows(
    workspace: Workspace, reading: Reading, matching: ColumnMatching, slice_: SliceKey | None
) -> NormalisedTable:
    """Returns the rows of a file normalised for the contract; names of districts are looked up in the submitting city first."""
    return normalise_table(
        matching.arrange_columns(reading.table),
        reading.rows,
        matching.contract,
        matching.units,
        reading.decimal_commas,
        codelists=workspace.codelists,
        area=find_division_area(workspace, slice_),
        days_from_1904=reading.days_from_1904,
    )


def find_division_area(workspace: Workspace, slice_: SliceKey | None) -> str:
    """Returns the division code of the submitting city or county; "" for a unit of the province and for a file without a slice."""
    department = workspace.departments[slice_.department] if slice_ else None
    return department.admin_code if department and department.is_local else ""


def read_typed_rows(workspace: Workspace, submission: Submission, contract: Contract) -> pa.Table | None:
    """Returns all rows in the types of the lake, null where a cell has an error; None if the file is not a readable table."""
    try:
        reading = read_file(original_file(workspace, submission), contract)
    except UnreadableFile:
        return None
    matching = match_reading(reading, contract, workspace.codelists)
    normal = normalise_rows(workspace, reading, matching, submission.slice)
    typed, _ = check_cells(
        normal.table, reading.rows, contract, BriefFindings(), reading.list_found(), matching.missing, most=0
    )
    return typed
