"""The views `<dataset>_labelled`: the rows of a dataset with the names of its codes, in the columns in which releases have them.

Built from the contracts alone; `schemas/label_columns.py` says which columns there are, and what they are called. A code is named by the
newest line of its list, an expired code too; a code that is not in its list has no name. Not here: views about one dataset
(`schemas/analyst_views/`).
"""

from collections.abc import Iterable, Mapping, Sequence

from schemas.codelists import CodeList
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.label_columns import DEPARTMENT, LabelColumn, group_label_columns, list_department_labels
from warehouse import sql
from warehouse.analyst_file.database_writer import DescribedView
from warehouse.types import column_comment, slice_comment

_NEWEST = "QUALIFY row_number() OVER (PARTITION BY code ORDER BY valid_to DESC NULLS FIRST) = 1"


def build_labelled_view(contract: Contract, codelists: Mapping[str, CodeList]) -> DescribedView:
    """Builds the view: each column as it is, and after each code its label columns. ContractError if two columns would have the same name."""
    labels = {**group_label_columns(contract, codelists), DEPARTMENT: list_department_labels({})}
    comments = {field.name: column_comment(field) for field in contract.public_fields()}
    comments |= {name: slice_comment(name) for name in SLICE_COLUMNS}
    parts, joins, column_comments = list[str](), [f"main.{sql.quote_name(contract.name)} AS t"], dict[str, str]()
    for place, (name, comment) in enumerate(comments.items()):
        column, named = f"t.{sql.quote_name(name)}", labels.get(name, ())
        parts += [column, *_list_expressions(named, place)]
        joins += _list_joins(named, place, column)
        column_comments |= {name: comment} | {label.name: label.comment for label in named}
    about = f"{contract.title.zh}，代码旁附名称 / {contract.title.en}, with names beside codes"
    return DescribedView(
        f"{contract.name}_labelled", about, f"SELECT {', '.join(parts)} FROM {' '.join(joins)}", column_comments
    )


def _list_expressions(named: Iterable[LabelColumn], place: int) -> list[str]:
    return [
        f"{'g' if label.of_group else 'c'}{place}.{label.language} AS {sql.quote_name(label.name)}" for label in named
    ]


def _list_joins(named: Sequence[LabelColumn], place: int, column: str) -> list[str]:
    """Returns the joins that name the codes of a column: `c<place>` is the code's line in its list, `g<place>` that of its group."""
    if not named:
        return []
    codelist = named[0].codelist
    source = _name_source(codelist)
    joins = [f"LEFT JOIN {source} AS c{place} ON c{place}.code = CAST({column} AS VARCHAR)"]
    if codelist.group:
        joins.append(
            f"LEFT JOIN {source} AS g{place} ON g{place}.code = c{place}.{sql.quote_name(codelist.group.name)}"
        )
    return joins


def _name_source(codelist: CodeList) -> str:
    """Returns a table expression that has each code of the list once."""
    if codelist.name == DEPARTMENT:
        return "main.department"
    place = f"codelist.{sql.quote_name(codelist.name)}"
    return place if len(codelist.labels) == len(codelist.codes) else f"(FROM {place} {_NEWEST})"
