"""The page that says clause by clause how the policy is carried out: `desk/openness.html`, from the built dataset `openness_report`.

Not here: the rows themselves (the contract's query), the other pages of the desk (`desk_pages.py`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from pipelines.workspace import Workspace
from schemas.codelists import CodeList
from schemas.text import Text

DATASET = "openness_report"
SIGNALS: Mapping[str, str] = {"late": "mend", "missing": "mend", "withdrawn": "mend", "waiting": "look"}
"""The signal of a state; a state that is not here is as it should be."""


class ServedLine(NamedTuple):
    """One dataset under a clause; `title` and `owner` are None where no dataset serves the clause."""

    title: str | None
    owner: str | None
    state: Text
    signal: str
    rows: int | None
    released: date | None
    late: int | None


class ClauseLines(NamedTuple):
    """A clause of the policy with its datasets."""

    code: str
    name: Text
    lines: Sequence[ServedLine]


class OpennessView(NamedTuple):
    """All clauses in the order of the policy, and how many datasets are in each state, the most frequent first."""

    clauses: Sequence[ClauseLines]
    counts: Sequence[tuple[Text, int]]


def build_openness(workspace: Workspace) -> OpennessView | None:
    """Returns the report as it stands; None if it was never built, or this installation does not have it."""
    contract = workspace.contracts.get(DATASET)
    if contract is None or workspace.lake.current_version(contract) is None:
        return None
    rows = workspace.lake.read_current(contract).to_pylist()
    clauses, states = workspace.codelists["policy_clause"], workspace.codelists["openness_state"]
    order = {code: at for at, code in enumerate(clauses.labels)}
    rows.sort(key=lambda row: (order[row["clause"]], row["dataset_title"] or ""))
    counted = Counter({row["dataset"]: row["state"] for row in rows if row["dataset"]}.values())
    return OpennessView(
        clauses=[
            ClauseLines(code, clauses.labels[code], [_make_line(row, states) for row in group])
            for code, group in groupby(rows, key=lambda row: row["clause"])
        ],
        counts=[(states.labels[state], count) for state, count in counted.most_common()],
    )


def _make_line(row: Mapping[str, Any], states: CodeList) -> ServedLine:
    return ServedLine(
        title=row["dataset_title"],
        owner=row["owner_name"],
        state=states.labels[row["state"]],
        signal=SIGNALS.get(row["state"], "fine"),
        rows=row["row_count"],
        released=row["released_on"],
        late=row["late_hand_ins"],
    )
