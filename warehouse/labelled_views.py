"""The views `<dataset>_labelled`: the rows of a dataset with the Chinese and English name beside every code.

Built from the contracts alone. A code is named by the newest line of its list, an expired code too; a code that is not in its list has
no name. Not here: views about one dataset (`schemas/analyst_views/`).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.codelists import CodeList
from schemas.contract import SLICE_COLUMNS, Contract
from warehouse import sql
from warehouse.database_writer import DescribedView
from warehouse.types import column_comment, slice_comment

_NEWEST = "QUALIFY row_number() OVER (PARTITION BY code ORDER BY valid_to DESC NULLS FIRST) = 1"


class _CodedColumn(NamedTuple):
    """A column of codes: its comment, the expression for its text, and the relation that names them, or None."""

    name: str
    comment: str
    text: str
    names: str | None


def build_labelled_view(contract: Contract, codelists: Mapping[str, CodeList]) -> DescribedView:
    """Build the view: each column as it is, and after a code `<column>_zh` and `<column>_en`.

    Names that a field of the dataset has already get `_name` before the language.
    """
    columns = list(_list_columns(contract, codelists))
    taken = {column.name for column in columns}
    parts, joins, comments = [], [f"main.{sql.quote_name(contract.name)} AS t"], {}
    for place, column in enumerate(columns):
        parts.append(f"t.{sql.quote_name(column.name)}")
        comments[column.name] = column.comment
        if column.names is None:
            continue
        joins.append(f"LEFT JOIN {column.names} AS c{place} ON c{place}.code = {column.text}")
        stem = f"{column.name}_name" if {f"{column.name}_zh", f"{column.name}_en"} & taken else column.name
        for language, title in (("zh", "中文名称 / Chinese name"), ("en", "英文名称 / English name")):
            parts.append(f"c{place}.{language} AS {sql.quote_name(f'{stem}_{language}')}")
            comments[f"{stem}_{language}"] = f"{column.name} 的{title} of {column.name}"
    about = f"{contract.title.zh}，代码旁附名称 / {contract.title.en}, with names beside codes"
    return DescribedView(
        f"{contract.name}_labelled", about, f"SELECT {', '.join(parts)} FROM {' '.join(joins)}", comments
    )


def _list_columns(contract: Contract, codelists: Mapping[str, CodeList]) -> Iterator[_CodedColumn]:
    for field in contract.public_fields():
        column = f"t.{sql.quote_name(field.name)}"
        text = column if field.type == "string" else f"CAST({column} AS VARCHAR)"
        codelist = codelists.get(field.policy.codelist or "")
        yield _CodedColumn(field.name, column_comment(field), text, _name_source(codelist) if codelist else None)
    for name in SLICE_COLUMNS:
        names = "main.department" if name == "department" else None
        yield _CodedColumn(name, slice_comment(name), f"t.{sql.quote_name(name)}", names)


def _name_source(codelist: CodeList) -> str:
    """Return the relation that has each code once."""
    place = f"codelist.{sql.quote_name(codelist.name)}"
    if len(codelist.labels) == len(codelist.codes):
        return place
    return f"(SELECT code, zh, en FROM {place} {_NEWEST})"
