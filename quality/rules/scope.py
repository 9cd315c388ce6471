"""What a rule compiler receives: the contract's fields as SQL columns of known type, and the context of the submission.

The context holds the slice, the submitting department, code lists and datasets that rules may refer to. A rule on a field of a
type it cannot work on is an error of the contract, found here whatever the rows are. Not here: rules; reading the context,
which the caller provides.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from quality.rules.violations import quote_identifier
from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.departments import Department
from schemas.errors import ContractError
from schemas.rules.rule_base import Rule
from schemas.slices import SliceKey
from schemas.text import Text


@dataclass(frozen=True)
class RuleContext:
    """The context of one submission.

    `datasets[name]` holds the accepted current rows of a dataset that a rule refers to, all fields, typed; a name that is
    missing has no accepted rows yet, so that every reference to it is a finding. `received`: the day on which the file was handed
    in; None leaves out the rules about it.
    """

    slice: SliceKey
    department: Department
    codelists: Mapping[str, CodeList] = field(default_factory=dict)
    datasets: Mapping[str, pa.Table] = field(default_factory=dict)
    received: date | None = None


WHOLE_NUMBERS = frozenset({"integer", "year"})
NUMBERS = WHOLE_NUMBERS | {"number"}
DAYS = frozenset({"date", "datetime"})
TEXTS = frozenset({"string"})


@dataclass(frozen=True)
class RuleScope:
    """One contract in one context, as the compilers of its rules use it."""

    contract: Contract
    context: RuleContext

    def quoted_column(self, name: str) -> str:
        """Returns the field as an SQL column.

        The column's name contains the position in the contract: DuckDB treats `A` and `a` as one column, Table Schema as two.
        """
        return quote_identifier(column_name(self.contract, name))

    def field_type(self, name: str) -> str:
        """Returns the Table Schema type of the field."""
        return self.contract.get_field(name).type

    def typed_column(self, rule: Rule, name: str, types: Collection[str]) -> str:
        """Returns the field as an SQL column; ContractError unless its type is one of `types`."""
        if self.field_type(name) not in types:
            raise _wrong_type_error(self.contract, rule, name, self.field_type(name), sorted(types))
        return self.quoted_column(name)

    def comparable_columns(self, rule: Rule, *names: str) -> tuple[str, ...]:
        """Returns the fields as SQL columns; ContractError unless they can be ordered: all numbers, all days, or one type."""
        first = self.field_type(names[0])
        kin = next((family for family in (NUMBERS, DAYS) if first in family), frozenset({first}))
        return tuple(self.typed_column(rule, name, kin) for name in names)

    def column_text(self, name: str) -> str:
        """Returns the field as SQL text; a whole number has no `.0`."""
        text = f"CAST({self.quoted_column(name)} AS VARCHAR)"
        return rf"regexp_replace({text}, '\.0$', '')" if self.field_type(name) == "number" else text


def column_name(contract: Contract, name: str) -> str:
    """Returns the name of the field's column in the table of the submission, not yet quoted."""
    place = next(place for place, field in enumerate(contract.fields) if field.name == name)
    return f"{place}:{name}"


def _wrong_type_error(contract: Contract, rule: Rule, name: str, found: str, wanted: list[str]) -> ContractError:
    expected = ", ".join(wanted)
    return ContractError(
        Text(
            zh=f"数据规范 {contract.name} 的规则 {rule.id} 不能用于字段 {name}：类型为 {found}，应为 {expected}；请改字段类型或规则",
            en=f"rule {rule.id} of contract {contract.name} cannot judge field {name} of type {found}; "
            f"it takes {expected}: change the field's type or the rule",
        )
    )
