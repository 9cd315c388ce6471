"""The data dictionary of a release: one row a released field, in the order of the columns, as plain text columns.

Grain: a field. Key: `name`. Labels and descriptions are in both languages; `constraints` says Chinese first, then English.
Here: the rows and their schema. Not here: writing them down (`warehouse/distributions.py`, `warehouse/workbook.py`), and
whether a field is public (`Contract.public_fields`).
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from schemas.contract import Contract, Field
from schemas.limits import limits_of

HEADINGS: Mapping[str, str] = {
    "name": "字段名",
    "label_zh": "中文名称",
    "label_en": "英文名称",
    "description_zh": "中文说明",
    "description_en": "英文说明",
    "type": "类型",
    "unit": "单位",
    "codelist": "代码表",
    "required": "必填",
    "constraints": "要求",
    "example": "示例",
}
"""Every column of the dictionary and its Chinese heading."""

DICTIONARY_SCHEMA: Mapping[str, Any] = {
    "fields": [
        {"name": name, "title": title, "type": "boolean" if name == "required" else "string"}
        for name, title in HEADINGS.items()
    ],
    "primaryKey": ["name"],
    "missingValues": [""],
}


def dictionary_of(contract: Contract) -> pa.Table:
    """The dictionary of the contract's public fields; null where the contract says nothing."""
    rows = [_row(field) for field in contract.public_fields()]
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in HEADINGS})


def _row(field: Field) -> dict[str, str | None]:
    policy = field.policy
    limits = limits_of({key: value for key, value in field.constraints.items() if key != "required"})
    return {
        "name": field.name,
        "label_zh": field.label.zh,
        "label_en": field.label.en,
        "description_zh": field.description,
        "description_en": policy.description_en,
        "type": field.type,
        "unit": policy.unit,
        "codelist": policy.codelist,
        "required": "true" if field.required else "false",
        "constraints": f"{limits.zh} / {limits.en}" if limits else None,
        "example": policy.example,
    }
