"""The national forms of licences and penalties are taken as they come, with identifiers or with Chinese labels."""

from pathlib import Path

import pytest
import yaml

from pipelines.columns.column_matching import match_columns
from schemas.contract import read_contracts

FORMS = yaml.safe_load((Path(__file__).parent / "files/national_forms.yaml").read_text(encoding="utf-8"))
CONTRACTS = read_contracts()
FINDINGS = {"left_out": "extra-label", "denied": "denied-column"}

every_header = pytest.mark.parametrize(("name", "column"), [(name, at) for name in FORMS for at in (0, 1)])


@every_header
def test_each_column_of_the_form_is_its_field_and_no_other(name: str, column: int):
    labels = [row[column] for row in FORMS[name]]
    matching = match_columns(labels, CONTRACTS[name])
    by_field = dict(zip([field.name for field in CONTRACTS[name].fields], matching.order, strict=True))
    assert {field: labels[at] for field, at in by_field.items() if at is not None} == {
        row[2]: row[column] for row in FORMS[name] if row[2] not in FINDINGS
    }


@every_header
def test_the_form_lacks_nothing_and_what_is_not_read_is_a_warning(name: str, column: int):
    matching = match_columns([row[column] for row in FORMS[name]], CONTRACTS[name])
    assert matching.missing == frozenset()
    assert [(one.type, one.value, one.severity) for one in matching.findings] == [
        (FINDINGS[row[2]], row[column], "warning") for row in FORMS[name] if row[2] in FINDINGS
    ]
