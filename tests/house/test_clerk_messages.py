"""What a clerk reads asks for a value by an example of it, and never by a regular expression, a format directive or an id.

The ids of rules and fields stay in the JSON of a receipt. Held for every contract of the house: its rules, the help of its fields,
and the findings on their cells.
"""

import re

import pytest

from pipelines.field_help import describe_field, example_value
from pipelines.submissions.proposals.proposals import propose_values
from quality.brief_findings import BriefFindings
from quality.conformance.cell_error import CellError
from quality.conformance.messages import Messages, labels_from_contract
from quality.findings import Finding
from quality.rules.judge import fill_in, leave_open, placeholder_names
from schemas.codelists import name_code, open_codelists
from schemas.contract import read_contracts
from schemas.rules.rules import RequiredWhen

CONTRACTS = read_contracts()
CODELISTS = open_codelists()
# An escape (\d), a set with a range, a repetition, a group, or a directive of strftime.
TECHNICAL = re.compile(r"\\[A-Za-z]|\[[^\]\s]*\w-\w[^\]\s]*\]|\]\{|\)\{|\(\?|%[YmdHMS]\b")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


EVERY = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))


def asks_for_a_form(field):
    """Whether a clerk cannot know from title and type alone how the value is written."""
    return bool({"pattern", "enum"} & set(field.constraints)) or field.policy.codelist or field.format != "default"


def texts_of(contract):
    for rule in (*contract.rules, *contract.policy.expectations):
        yield from (said for said in (rule.message, rule.mend) if said)


@EVERY
def test_a_field_that_must_be_filled_or_has_a_form_has_an_example(contract):
    plain = {"number", "integer", "boolean"}
    asked = [field for field in contract.fields if field.required or asks_for_a_form(field)]
    assert [field.name for field in asked if field.type not in plain and not example_value(field)] == []


@EVERY
def test_the_help_of_a_field_is_in_words(contract):
    helps = [describe_field(field, CODELISTS) for field in contract.fields]
    assert [said for said in helps if TECHNICAL.search(said.zh + said.en)] == []


def form_findings(contract):
    """(finding, example) for a cell of every field with a pattern or a type of its own; code lists have findings of their own."""
    messages = Messages(labels_from_contract(contract))
    for field in contract.fields:
        example = example_value(field)
        if "pattern" in field.constraints and not field.policy.codelist:
            note = f'constraint "pattern" is "{field.constraints["pattern"]}"'
            yield messages.make_finding(CellError("constraint-error", field.name, "x", note), 2), example
        if field.type not in {"string", "boolean"} or field.format != "default":
            yield messages.make_finding(CellError("type-error", field.name, "x"), 2), example


@EVERY
def test_a_finding_on_the_form_of_a_cell_asks_by_an_example(contract):
    found = list(form_findings(contract))
    assert [one.field for one, _ in found if "例如" not in one.mend.zh or "for example" not in one.mend.en] == []
    assert [one.field for one, example in found if own_example(contract, one) and example not in one.mend.zh] == []
    said = [text for one, _ in found for text in (one.message, one.mend)]
    assert [text for text in said if TECHNICAL.search(text.zh + text.en)] == []


def own_example(contract, finding):
    return bool(contract.get_field(finding.field).policy.example)


@EVERY
def test_the_texts_of_rules_name_no_id_no_field_and_no_list(contract):
    ids = {rule.id for rule in (*contract.rules, *contract.policy.expectations)}
    ids |= {field.name for field in contract.fields if "_" in field.name}
    ids |= {field.policy.codelist for field in contract.fields if "_" in (field.policy.codelist or "")}
    texts = [PLACEHOLDER.sub("", said.zh) for said in texts_of(contract)]
    assert [zh for zh in texts if not ids.isdisjoint(re.findall(r"[A-Za-z][A-Za-z0-9_-]+", zh))] == []
    assert [zh for zh in texts if TECHNICAL.search(zh)] == []


PROPER = {"CGCS2000", "GCJ02", "BD09", "UNKNOWN"}
"""Names of coordinate datums, which people type as they are."""


def words_in(zh):
    return set(re.findall(r"[A-Za-z][A-Za-z0-9_-]*", zh))


@EVERY
def test_the_texts_of_rules_name_no_field_no_dataset_and_no_code(contract):
    lists = [CODELISTS[field.policy.codelist] for field in contract.fields if field.policy.codelist]
    ids = {field.name for field in contract.fields} | set(CONTRACTS)
    ids |= {code.code for codelist in lists for code in codelist.codes} - PROPER
    texts = [PLACEHOLDER.sub("", said.zh) for said in texts_of(contract)]
    bare = [re.sub(r"（代码 [^）]+）", "", zh) for zh in texts]
    assert [zh for zh in bare if not ids.isdisjoint(words_in(zh))] == []


@EVERY
def test_the_cells_that_the_message_of_a_rule_repeats_are_told_by_the_names_of_their_codes(contract):
    """Every code of every field that a message of a row or group rule may repeat."""
    for rule in contract.rules:
        for name in placeholder_names(rule.message) & {field.name for field in contract.fields}:
            codelist = CODELISTS.get(contract.get_field(name).policy.codelist or "")
            for code in codelist.codes if codelist else ():
                zh = fill_in(rule.message, {name: name_code(codelist, code.code)}).zh
                assert (
                    code.code not in words_in(re.sub(r"（[^）]+）", "", zh))
                    or code.code in codelist.labels[code.code].zh
                )


@EVERY
def test_a_heading_over_several_rows_has_no_field_and_no_gap_in_braces(contract):
    assert [rule.id for rule in contract.rules if re.search(r"[{}]", leave_open(rule.message).zh)] == []


@EVERY
def test_a_rule_that_asks_for_a_value_gives_an_example_where_there_is_one(contract):
    for rule in contract.rules:
        for name in rule.fields if isinstance(rule, RequiredWhen) else ():
            texts = {"message": rule.message, "mend": rule.mend}
            finding = Finding(judge="row", type=rule.id, severity="error", row=2, field=name, **texts)
            (found,) = propose_values(BriefFindings([finding]), contract, CODELISTS, "")
            example = example_value(contract.get_field(name)) or ""
            assert (example in found.mend.zh, example in found.mend.en) == (True, True)


def test_technical_text_is_recognised_and_plain_text_is_not():
    technical = (r"\d{5}", "[0-9A-Z]{18}", "%H:%M", r"LN-\d+")
    plain = ("写作 08:30", "0 到 100；单位：%", "占 60%", "〔2026〕3号", "[1,2]", "1-2")
    assert [bool(TECHNICAL.search(said)) for said in technical] == [True] * 4
    assert [bool(TECHNICAL.search(said)) for said in plain] == [False] * 6
