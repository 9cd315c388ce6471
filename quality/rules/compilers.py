"""Which compiler turns which kind of rule into SQL. A new kind is a model in `schemas/rules.py`, a compiler, and a line here."""

from collections.abc import Callable, Mapping
from typing import Any

from quality.rules.arithmetic import balance, both_or_neither, compare, percentage, product_near, sum_of_columns
from quality.rules.conditions import date_order, empty_when, in_period, matches_when, required_when
from quality.rules.groups import consistent_within, no_overlap, unique_together
from quality.rules.identities import credit_code, no_identity_card
from quality.rules.places import in_area, point_in_province, point_swapped, point_zero
from quality.rules.references import in_codelist, in_dataset
from quality.rules.scope import Scope
from quality.rules.violations import Offence
from schemas.rules import RowRule

# Any: every compiler takes the one model whose `kind` is its key, which a mapping cannot say.
COMPILERS: Mapping[str, Callable[[Any, Scope], tuple[Offence, ...]]] = {
    "balance": balance,
    "both_or_neither": both_or_neither,
    "compare": compare,
    "consistent_within": consistent_within,
    "credit_code": credit_code,
    "date_order": date_order,
    "empty_when": empty_when,
    "in_area": in_area,
    "in_codelist": in_codelist,
    "in_dataset": in_dataset,
    "in_period": in_period,
    "matches_when": matches_when,
    "no_identity_card": no_identity_card,
    "no_overlap": no_overlap,
    "percentage": percentage,
    "point_in_province": point_in_province,
    "point_swapped": point_swapped,
    "point_zero": point_zero,
    "product_near": product_near,
    "required_when": required_when,
    "sum_of_columns": sum_of_columns,
    "unique_together": unique_together,
}


def offences_of(rule: RowRule, scope: Scope) -> tuple[Offence, ...]:
    """Where the rule does not hold, as SQL; ContractError if it names fields of a type it cannot work on."""
    return COMPILERS[rule.kind](rule, scope)
