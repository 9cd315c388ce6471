"""Tables of codes in the analysts' file: the departments, and one table for each code list.

Not here: which fields use a code list (`key_tables.py`), reference tables with figures (`declared_views.py`).
"""

from collections.abc import Mapping

import pyarrow as pa

from schemas.codelists import COLUMNS, CodeList
from schemas.departments import Department
from warehouse.analyst_file.meta import TEXT, DescribedTable, describe_table

_CODELIST_COMMENTS = {
    "code": "代码 / Code",
    "zh": "中文 / Chinese",
    "en": "英文 / English",
    "parent": "上级代码 / Parent code",
    "valid_from": "启用日期 / Valid from",
    "valid_to": "停用日期 / Valid to",
    "superseded_by": "接替代码 / Superseded by",
    "note": "说明 / Note",
}


def build_department_table(departments: Mapping[str, Department]) -> DescribedTable:
    """Builds the table `department`: one row a department, with the code as its key."""
    return describe_table(
        "department",
        "报送单位 / Submitting departments",
        {
            "code": (TEXT, "代码 / Code"),
            "zh": (TEXT, "中文名 / Chinese name"),
            "en": (TEXT, "英文名 / English name"),
            "kind": (TEXT, "类别：省直单位、市局 / Kind: unit of the bureau, city bureau"),
            "admin_code": (TEXT, "所辖区划代码 / Division it answers for"),
        },
        [(d.code, d.zh, d.en, d.kind, d.admin_code) for d in departments.values()],
    )


def build_codelist_table(codelist: CodeList) -> DescribedTable:
    """Builds the table of a code list: one row a code and period of validity, in the order of the list.

    A list with a group has one more column, of its name: the code of the group, such as the `city` of a division.
    """
    dates = {"valid_from", "valid_to"}
    columns = {name: (pa.date32() if name in dates else TEXT, _CODELIST_COMMENTS[name]) for name in COLUMNS}
    rows = [[getattr(code, name) for name in COLUMNS] for code in codelist.codes]
    if group := codelist.group:
        about_group = f"{group.title.zh.removesuffix('名称')}代码 / Code of what it belongs to: {group.title.en}"
        columns[group.name] = (TEXT, about_group)
        rows = [[*row, codelist.group_codes.get(code.code)] for row, code in zip(rows, codelist.codes, strict=True)]
    about = f"代码表：{codelist.title.zh} / Code list: {codelist.title.en}"
    return describe_table(codelist.name, about, columns, rows)
