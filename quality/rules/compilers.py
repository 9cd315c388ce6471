"""The compiler of each rule kind. A new kind needs a model in `schemas/rules/rules.py` or `schemas/rules/group_rules.py`, a compiler, and a line here."""

from collections.abc import Callable, Mapping
from typing import Any

from quality.rules.amounts import compile_amount_in_text
from quality.rules.arithmetic import (
    compile_balance,
    compile_both_or_neither,
    compile_compare,
    compile_percentage,
    compile_product_near,
    compile_ratio,
    compile_sum_of_columns,
)
from quality.rules.chains import compile_chain
from quality.rules.conditions import (
    compile_begins_with,
    compile_date_order,
    compile_empty_when,
    compile_in_period,
    compile_matches_when,
    compile_not_after_receipt,
    compile_not_before_receipt,
    compile_required_when,
)
from quality.rules.day_counts import compile_days_between, compile_years_after
from quality.rules.group_totals import (
    compile_count_within,
    compile_distinct_within,
    compile_per_head,
    compile_rows_balance,
    compile_sum_of_group,
    compile_sum_of_rows,
)
from quality.rules.groups import (
    compile_consistent_within,
    compile_no_overlap,
    compile_outlier_within,
    compile_unique_together,
)
from quality.rules.identities import compile_credit_code
from quality.rules.places import (
    compile_apart,
    compile_in_area,
    compile_point_in_province,
    compile_point_swapped,
    compile_point_zero,
)
from quality.rules.references import compile_in_codelist, compile_in_dataset, compile_no_step_back
from quality.rules.scope import RuleScope
from quality.rules.violations import Violation
from schemas.rules.rules import RowRule

# Any: every compiler takes the one model whose `kind` is its key, which the type of a mapping cannot express.
COMPILERS: Mapping[str, Callable[[Any, RuleScope], tuple[Violation, ...]]] = {
    "amount_in_text": compile_amount_in_text,
    "apart": compile_apart,
    "balance": compile_balance,
    "begins_with": compile_begins_with,
    "both_or_neither": compile_both_or_neither,
    "chain": compile_chain,
    "compare": compile_compare,
    "consistent_within": compile_consistent_within,
    "count_within": compile_count_within,
    "credit_code": compile_credit_code,
    "date_order": compile_date_order,
    "days_between": compile_days_between,
    "distinct_within": compile_distinct_within,
    "empty_when": compile_empty_when,
    "in_area": compile_in_area,
    "in_codelist": compile_in_codelist,
    "in_dataset": compile_in_dataset,
    "in_period": compile_in_period,
    "matches_when": compile_matches_when,
    "no_overlap": compile_no_overlap,
    "no_step_back": compile_no_step_back,
    "not_after_receipt": compile_not_after_receipt,
    "not_before_receipt": compile_not_before_receipt,
    "outlier_within": compile_outlier_within,
    "per_head": compile_per_head,
    "percentage": compile_percentage,
    "point_in_province": compile_point_in_province,
    "point_swapped": compile_point_swapped,
    "point_zero": compile_point_zero,
    "product_near": compile_product_near,
    "ratio": compile_ratio,
    "required_when": compile_required_when,
    "rows_balance": compile_rows_balance,
    "sum_of_columns": compile_sum_of_columns,
    "sum_of_group": compile_sum_of_group,
    "sum_of_rows": compile_sum_of_rows,
    "unique_together": compile_unique_together,
    "years_after": compile_years_after,
}


def compile_rule(rule: RowRule, scope: RuleScope) -> tuple[Violation, ...]:
    """Returns where the rule does not hold, as SQL; ContractError if it names fields of a type it cannot work on."""
    return COMPILERS[rule.kind](rule, scope)
