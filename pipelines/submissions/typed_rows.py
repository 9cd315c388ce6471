"""The rows of a submission that was not judged yet, or not accepted: read, normalised and typed, without any judgement.

Not here: the whole validation (`validation.py`), accepted rows (`pipelines/intake.py`).
"""

import pyarrow as pa

from pipelines.columns.column_matching import match_columns
from pipelines.normalise import normalise_table
from pipelines.read import read_file
from pipelines.submissions.cell_conformance import check_cells
from pipelines.submissions.submission import Submission, original_file
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.errors import UnreadableFile


def read_typed_rows(workspace: Workspace, submission: Submission, contract: Contract, area: str) -> pa.Table | None:
    """Returns all rows in the types of the lake, null where a cell has an error; None if the file is not a readable table.

    `area`: the division code of the department's city, in which names of districts are looked up; "" for none.
    """
    try:
        reading = read_file(original_file(workspace, submission), contract)
    except UnreadableFile:
        return None
    matching = match_columns(reading.labels, contract, reading.columns, reading.stated)
    normal = normalise_table(
        matching.arrange_columns(reading.table),
        reading.rows,
        contract,
        matching.units,
        reading.decimal_commas,
        codelists=workspace.codelists,
        area=area,
    )
    typed, _ = check_cells(normal.table, reading.rows, contract, [], reading.findings, matching.missing)
    return typed
