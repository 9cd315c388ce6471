"""The content of a dataset's guide page, as the view that `pages/guide.html.j2` renders. Pure functions.

Not here: the sentences (`pages/guide.yaml`), writing files (`guide_files`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.core_metadata import catalogue_texts, describe_cycle
from pipelines.field_help import (
    describe_field,
    describe_submitters,
    example_value,
    period_example,
)
from pipelines.template.template_workbook import template_filename
from schemas.codelists import Code, CodeList, codes_for
from schemas.contract import Contract, rule_fields
from schemas.departments import Department
from schemas.rules.expectations import TableExpectation
from schemas.rules.rules import RowRule
from schemas.text import Text
from schemas.time_limits.limit_texts import describe_hand_in_limit

LISTED = 60
"""Number of codes that the page lists; a longer list is only named, and the template holds it in full."""


@dataclass(frozen=True)
class FieldRequest:
    """One field as the page shows it."""

    name: str
    label: Text
    about: Text
    expected: Text
    example: str | None
    required: bool
    protected: bool
    withheld: Text | None
    office_contact: bool


@dataclass(frozen=True)
class CodeTable:
    """One code list that fields of the dataset use; `shown` is empty if it has more than LISTED codes."""

    known: CodeList
    shown: tuple[Code, ...]
    count: int
    fields: tuple[Text, ...]


@dataclass(frozen=True)
class RuleDescription:
    """One rule or expectation: the message when it is broken, how to correct it, and its source."""

    id: str
    severity: str
    message: Text
    mend: Text | None
    source: str
    fields: tuple[Text, ...]


def build_view(
    contract: Contract, codelists: Mapping[str, CodeList], departments: Mapping[str, Department]
) -> dict[str, object]:
    """Returns the variables of one page."""
    core = contract.policy.catalogue
    return {
        "contract": contract,
        "who": describe_submitters(contract, departments),
        "cadence": describe_cycle(contract.policy.cadence),
        "due": describe_hand_in_limit(contract.policy.time_limit),
        "owner": departments[contract.policy.owner].name,
        "clause": core.policy_clause,
        "basis": core.source_basis,
        "open_type": catalogue_texts()[f"open.{core.open_type}"],
        "licence": contract.licence,
        "filename": template_filename(contract),
        "period": period_example(contract),
        "fields": [_field_request(contract, codelists, at) for at in range(len(contract.fields))],
        "key": [contract.get_field(name).label for name in contract.primary_key],
        "codes": _code_tables(contract, codelists),
        "rules": [_describe_rule(contract, rule, rule_fields(rule)) for rule in contract.rules],
        "expectations": [
            _describe_rule(contract, expectation, (expectation.field,) if hasattr(expectation, "field") else ())
            for expectation in contract.policy.expectations
        ],
        "protected": [contract.get_field(name).label for name in contract.policy.disclosure.protected],
        "disclosure": contract.policy.disclosure.basis,
        "offices": any(field.policy.office_contact for field in contract.fields),
    }


def _field_request(contract: Contract, codelists: Mapping[str, CodeList], at: int) -> FieldRequest:
    field = contract.fields[at]
    return FieldRequest(
        name=field.name,
        label=field.label,
        about=Text(zh=field.description, en=field.policy.description_en),
        expected=describe_field(field, codelists),
        example=example_value(field),
        required=field.required,
        protected=field.name in contract.policy.disclosure.protected,
        withheld=contract.policy.disclosure.describe_withheld(field.name),
        office_contact=field.policy.office_contact,
    )


def _code_tables(contract: Contract, codelists: Mapping[str, CodeList]) -> list[CodeTable]:
    users: dict[tuple[str, tuple[Code, ...]], list[Text]] = {}
    for field in contract.fields:
        if field.policy.codelist is not None and field.policy.codelist in codelists:
            name = field.policy.codelist
            users.setdefault((name, codes_for(field, codelists[name])), []).append(field.label)
    found = []
    for (name, codes), fields in users.items():
        shown = codes if len(codes) <= LISTED else ()
        found.append(CodeTable(codelists[name], shown, len(codes), tuple(fields)))
    return found


def _describe_rule(contract: Contract, rule: RowRule | TableExpectation, fields: tuple[str, ...]) -> RuleDescription:
    return RuleDescription(
        id=rule.id,
        severity=rule.severity,
        message=rule.message,
        mend=rule.mend,
        source=rule.source,
        fields=tuple(contract.get_field(name).label for name in fields),
    )
