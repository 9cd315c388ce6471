"""Rows of another dataset: a table of events that is handed in as one of permits, told by the fields that both have.

Only a file that leaves the dataset's own fields empty is looked at: a permit repeats the name and the place of its event, and that is
right. Compared are the content fields with the same name and type in both contracts, at least three, two of them not days, with
the standing slices of the same department. Cost: nothing for a file that fills its own fields. Not here: the same dataset
(`overlaps.py`).
"""

from collections.abc import Iterator

from pipelines.submissions.comparisons.compared_rows import (
    LEAST_SAME,
    SAME,
    ComparedRows,
    project_fields,
    tells_apart,
)
from quality.findings import Finding, make_table_finding
from schemas.content_fields import MOMENTS, content_fields, shared_content
from schemas.contract import Contract, Field
from schemas.text import Text
from warehouse.lake.row_fingerprints import collect_sets, count_common, fingerprint_rows, mark_common

LEAST_FIELDS = 3
LEAST_TELLING = 2
OWN_FILLED = 0.05
"""Share of the cells of the dataset's own fields that may hold a value in a table of another dataset."""


def check_other_datasets(compared: ComparedRows) -> list[Finding]:
    """Returns an error if nearly all rows stand in another dataset and say nothing that belongs to this one."""
    if compared.typed.num_rows < LEAST_SAME:
        return []
    for other, fields in _list_partners(compared):
        if not _own_fields_filled(compared, fields) and (found := _find_rows_there(compared, other, fields)):
            return [found]
    return []


def _list_partners(compared: ComparedRows) -> Iterator[tuple[Contract, tuple[Field, ...]]]:
    for other in compared.workspace.contracts.values():
        if other.name == compared.contract.name:
            continue
        fields = shared_content(compared.contract, other)
        if len(fields) >= LEAST_FIELDS and sum(field.type not in MOMENTS for field in fields) >= LEAST_TELLING:
            yield other, fields


def _own_fields_filled(compared: ComparedRows, shared: tuple[Field, ...]) -> bool:
    """Whether fields that only this dataset has hold values, or there are none."""
    own = [field.name for field in content_fields(compared.contract) if field not in shared]
    cells = len(own) * compared.typed.num_rows
    filled = sum(compared.typed.num_rows - compared.typed.column(name).null_count for name in own)
    return not own or filled > OWN_FILLED * cells


def _find_rows_there(compared: ComparedRows, other: Contract, fields: tuple[Field, ...]) -> Finding | None:
    projection = project_fields(fields)
    prints = fingerprint_rows(compared.typed, projection)
    mine = collect_sets(prints).exact
    if not tells_apart(mine, compared.typed.num_rows):
        return None
    standing = compared.workspace.lake.open_fingerprints(other, projection)
    for key in standing.parts:
        if key.department != compared.slice.department:
            continue
        there = standing.read_sets(key).exact
        earlier = compared.find_earlier(key) if count_common(mine, there) >= SAME * len(mine) else None
        if earlier:
            name, rows = (
                compared.describe_slice(key, earlier.number),
                compared.describe_rows(mark_common(prints.exact, there)),
            )
            return make_table_finding(
                "rows-of-another-dataset",
                "error",
                Text(
                    zh=f"疑似报错数据集：{rows.zh}与{name.zh}相同，“{compared.contract.title.zh}”特有的栏目都没有填",
                    en=f"{rows.en} are those of {name.en}, and nothing is filled in that only {compared.contract.title.en} has",
                ),
                Text(
                    zh=f"请检查是否放错了文件；“{compared.contract.title.zh}”请按其采集模板填报",
                    en=f"check whether this is the right file; fill in the template of {compared.contract.title.en}",
                ),
            )
    return None
