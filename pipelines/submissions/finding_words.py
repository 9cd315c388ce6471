"""The words in which people read findings: titles of columns, names of codes, headings of groups. The JSON keeps ids and codes.

Used by the receipt's page, the marked workbook and the command line, so that all say the same. Not here: finding anything, layout.
"""

from collections.abc import Mapping, Sequence

from quality.findings import Finding
from quality.rules.judge import SEVERAL, leave_open
from schemas.codelists import CodeList, name_code
from schemas.contract import Contract, rule_fields
from schemas.text import Text


class FindingWords:
    """The words for findings on files of one contract; without a contract, ids and values stay as they are."""

    def __init__(self, contract: Contract | None, codelists: Mapping[str, CodeList]) -> None:
        self._contract = contract
        fields = contract.fields if contract else ()
        self.labels: Mapping[str, Text] = {field.name: field.label for field in fields}
        self._lists = {field.name: codelists.get(field.policy.codelist or "") for field in fields}
        self._rules = {rule.id: rule for rule in contract.rules} if contract else {}

    def name_value(self, finding: Finding) -> Text | None:
        """Returns the value of a finding, codes by their names; that of a rule on several fields part by part. None without one."""
        if finding.value is None:
            return None
        rule = self._rules.get(finding.type)
        parts = finding.value.split(SEVERAL) if rule else [finding.value]
        names = rule_fields(rule) if rule and len(parts) > 1 else (finding.field or "",)
        names_of_parts = [self._name_part(part, names) for part in parts]
        return Text(
            zh=SEVERAL.join(one.zh for one in names_of_parts), en=SEVERAL.join(one.en for one in names_of_parts)
        )

    def name_cell(self, field: str | None, value: str | None) -> Text | None:
        """Returns the value of a cell, a code by its name; None stays None."""
        return None if value is None else name_code(self._lists.get(field or ""), value)

    def head_group(self, kind: str, findings: Sequence[Finding]) -> Text:
        """Returns what findings of one type have in common: their message, or that of the rule without the cells of each row."""
        first, rule = findings[0].message, self._rules.get(kind)
        if rule is None or all(one.message == first for one in findings):
            return first
        return leave_open(rule.message)

    def _name_part(self, part: str, names: Sequence[str]) -> Text:
        lists = [found for name in names if (found := self._lists.get(name)) is not None and part in found.labels]
        return name_code(lists[0], part) if lists else Text(zh=part, en=part)
