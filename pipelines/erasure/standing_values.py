"""The value of one cell of the standing lake, named by row and field, so that nobody has to type what is to be erased.

Grain: a row by its primary key, as the CSV file spells it; any field of the contract, also one that is never published. Read only.
Not here: how else values are given (`dagster_project/cli/erasure.py`), what is a value (`sought_values.py`).
"""

from collections.abc import Collection

import pyarrow as pa

from pipelines.audit.trace_target import find_rows, parse_key
from pipelines.erasure.sought_values import SoughtValues, checked_values
from pipelines.workspace import Workspace
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.canonical import to_canonical_text


def read_standing_value(workspace: Workspace, row: str, field: str, dataset: str | None = None) -> SoughtValues:
    """Returns what the field says in the row of that key; each value if the row stands for several periods.

    UsageError if no dataset, or more than one, has such a row and field; if the cell is empty; and as in `checked_values`.
    """
    contracts = [find_contract(workspace.contracts, dataset)] if dataset else list(workspace.contracts.values())
    having = [one for one in contracts if field in {each.name for each in one.fields}]
    found = {one.name: texts for one in having if (texts := _read_cells(workspace, one, row, field))}
    if len(found) > 1:
        raise _ambiguous_error(row, list(found))
    texts = [text for text in next(iter(found.values()), ()) if text]
    if not texts:
        raise _absent_error(row, field, [one.name for one in having], empty=bool(found))
    return checked_values(texts)


def _read_cells(workspace: Workspace, contract: Contract, row: str, field: str) -> list[str]:
    """Returns what the field says in each row of that key, an empty text where it says nothing."""
    key = parse_key(row, contract.primary_key)
    if key is None:
        return []
    names = [*dict.fromkeys((*key, field))]
    fields = [each for each in contract.table_schema["fields"] if each["name"] in names]
    table = workspace.lake.read_current_fields(contract, names).select([each["name"] for each in fields])
    texts = to_canonical_text(table, {"fields": fields})
    cells = texts.column(field).take(pa.array(find_rows(texts, key), pa.int64())).to_pylist()
    return list(dict.fromkeys(text or "" for text in cells))


def _ambiguous_error(row: str, datasets: Collection[str]) -> UsageError:
    return UsageError(
        Text(
            zh=f"编码 {row} 在 {len(datasets)} 个数据集中都有：{'、'.join(datasets)}；请用 --dataset 写明",
            en=f"{len(datasets)} datasets have a row {row}: {', '.join(datasets)}; say which with --dataset",
        )
    )


def _absent_error(row: str, field: str, having: Collection[str], *, empty: bool) -> UsageError:
    if empty:
        return UsageError(
            Text(
                zh=f"{row} 的 {field} 为空，没有可删除的值；请核对字段名",
                en=f"{field} of {row} is empty, there is nothing to erase; check the name of the field",
            )
        )
    zh, en = "、".join(having) or "无", ", ".join(having) or "none"
    return UsageError(
        Text(
            zh=f"现有数据中没有编码为 {row} 且有字段 {field} 的行（有该字段的数据集：{zh}）；请按 CSV 文件的写法核对，或改用 --value-file",
            en=f"no row that stands has the key {row} and the field {field} (datasets with that field: {en}); write it as in the CSV file, or use --value-file",
        )
    )
