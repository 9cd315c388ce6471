"""The value that a finding proposes for a cell, and what it says where there are two or none."""

import pytest

from pipelines.submissions.proposals.proposals import propose_values
from quality.brief_findings import BriefFindings
from quality.findings import Finding
from schemas.text import Text
from support.contracts import contract_with

HOURS = {"kind": "no_overlap", "key": ["id"], "start": "opens", "end": "closes"}
CREDIT = {"kind": "credit_code", "field": "uscc"}
CONTRACT = contract_with(
    [
        "id",
        "day:date",
        "whole:integer",
        "plain:number",
        {"name": "money", "type": "number", "sportlake": {"unit": "元"}},
        "year:year",
        {"name": "page", "format": "uri"},
        {"name": "opens", "type": "time", "format": "%H:%M"},
        {"name": "closes", "type": "time", "format": "%H:%M"},
        {"name": "permit", "constraints": {"pattern": r"\S{2,20}〔20\d{2}〕\d{1,5}号"}},
        {"name": "key", "constraints": {"pattern": r"LN-\d{6}-[A-Z]{2}\d{2}"}},
        {"name": "uscc", "constraints": {"pattern": "[0-9A-HJ-NP-RTUW-Y]{18}"}},
        {"name": "choice", "constraints": {"enum": ["yearly", "monthly"]}},
    ],
    [HOURS, CREDIT],
)


def proposed(kind, field, value, units=None, **more):
    text = Text(zh="不对", en="wrong")
    finding = Finding(
        judge="cell", type=kind, severity="error", row=2, field=field, value=value, message=text, mend=text, **more
    )
    (found,) = propose_values(BriefFindings([finding]), CONTRACT, {}, "", units=units)
    return found


@pytest.mark.parametrize(
    ("field", "cell", "fix"),
    [
        ("day", "2024-05-01 08:30:00", "2024-05-01"),
        ("day", "2024-05-01T08:30:00", "2024-05-01"),
        ("day", "2024-04-30T16:00:00.000Z", "2024-05-01"),
        ("day", "2024-05-01T00:00:00+08:00", "2024-05-01"),
        ("day", "0001-01-01T00:00:00+09:00", None),
        ("day", "2024/5/1 8:30", "2024-05-01"),
        ("day", "2024年5月1日 8时30分", "2024-05-01"),
        ("day", "2024/5/1 25:30", None),
        ("day", "1714521600000", "2024-05-01"),
        ("day", "1714492800000", "2024-05-01"),
        ("day", "202405010830", None),
        ("day", "98.9.8", "1998-09-08"),
        ("day", "26-9-8", "2026-09-08"),
        ("day", "24/5/1", "2024-05-01"),
        ("day", "24年5月1日", "2024-05-01"),
        ("day", "25/12/2024", "2024-12-25"),
        ("day", "5/5/2024", "2024-05-05"),
        ("day", "二〇二四年十二月三十一日", "2024-12-31"),
        ("day", "2024年5月1日（周三）", "2024-05-01"),
        ("day", "2024-02-30", None),
        ("day", "5/1/2024", None),
        ("day", "不记得", None),
        ("whole", "约500", "500"),
        ("whole", "500余人", "500"),
        ("whole", "1,200人左右", "1200"),
        ("whole", "1O5", "105"),
        ("whole", "12.5", None),
        ("whole", "5-6", None),
        ("plain", "约3.5", "3.5"),
        ("plain", "3.5亩", None),
        ("opens", "24:00", "00:00"),
        ("closes", "2400", "24:00"),
        ("closes", "2130", "21:30"),
        ("opens", "06:00:30", "06:00"),
        ("opens", "2026-07-01T06:00:00", "06:00"),
        ("closes", "21.5", None),
        ("opens", "8.30", "08:30"),
        ("opens", "25.10", None),
        ("opens", "九点", "09:00"),
        ("opens", "八点零五分", "08:05"),
        ("opens", "两点", None),
        ("opens", "5.30", None),
        ("opens", "凌晨五点半", "05:30"),
        ("opens", "下午两点", "14:00"),
        ("opens", "零点", "00:00"),
        ("opens", "八点到九点", None),
        ("closes", "晚上九点半", "21:30"),
        ("closes", "二十一点", "21:00"),
        ("closes", "二十四点", "24:00"),
        ("closes", "九点", None),
        ("closes", "9.30", None),
        ("whole", "五百人", "500"),
        ("year", "2024财年", "2024"),
        ("year", "2024-2025", None),
        ("page", "www.example.org/a", "https://www.example.org/a"),
        ("page", "https：//example.org ", "https://example.org"),
        ("page", "见官网", None),
    ],
)
def test_a_cell_of_a_wrong_type_gets_the_value_it_says(field, cell, fix):
    assert proposed("type-error", field, cell).fix == fix


@pytest.mark.parametrize(
    ("field", "cell", "fix"),
    [
        ("permit", "大体许[2026]3号", "大体许〔2026〕3号"),
        ("permit", "大体许（2026）3号", "大体许〔2026〕3号"),
        ("permit", "大体许 〔2026〕 3号", "大体许〔2026〕3号"),
        ("permit", "大体许2026-3", None),
        ("key", "ln-210102-fb01", "LN-210102-FB01"),
        ("key", "LN—210102—FB01", "LN-210102-FB01"),
        ("key", "LN-2101O2-FB01", "LN-210102-FB01"),
        ("key", "FB01", None),
        ("uscc", "9135 0100 M000 100Y 43", "91350100M000100Y43"),
        ("uscc", "91350100M000100Y4", None),
        ("choice", "yearl", "yearly"),
        ("choice", "never", None),
    ],
)
def test_a_text_that_only_is_spelt_otherwise_gets_the_right_spelling(field, cell, fix):
    assert proposed("constraint-error", field, cell).fix == fix


def test_an_amount_under_another_unit_has_its_unit_beside_it():
    assert proposed("type-error", "money", "约3.5", units={"money": "万元"}).fix == "35000元"
    assert proposed("type-error", "money", "伍万元").fix == "50000"


@pytest.mark.parametrize("cell", ["2024-05-01T08:30:00", "2024/5/1 8:30"])
def test_a_moment_that_exists_is_not_called_a_date_that_does_not(cell):
    found = proposed("type-error", "day", cell)
    assert (found.message.zh, "time of day" in found.message.en) == (f"day（标题）“{cell}”带有时刻，这里只填日期", True)


def test_milliseconds_are_told_with_their_day():
    found = proposed("type-error", "day", "1714521600000")
    assert "毫秒数（2024-05-01）" in found.message.zh
    assert "milliseconds since 1970 (2024-05-01)" in found.message.en


def test_a_day_with_two_readings_names_both():
    found = proposed("type-error", "day", "5/1/2024")
    assert "2024-01-05 或 2024-05-01" in found.message.zh


def test_a_closing_time_says_how_midnight_is_written():
    mend = proposed("type-error", "closes", "次日1:00").mend
    assert "当日一行到 24:00，次日一行从 00:00 到关闭" in mend.zh
    assert "that day up to 24:00, the next day from 00:00" in mend.en
    assert "24:00" not in proposed("type-error", "opens", "次日1:00").mend.zh


def test_what_already_has_a_proposal_or_is_no_cell_stays():
    assert proposed("type-error", "day", "24/5/1", fix="2020-01-01").fix == "2020-01-01"
    assert proposed("type-error", "day", None).fix is None
    assert proposed("days-in-order", "day", "24/5/1").fix is None


def test_proposals_are_sought_for_as_many_findings_as_a_receipt_lists(monkeypatch):
    monkeypatch.setattr("pipelines.submissions.proposals.proposals.MOST_PROPOSALS", 2)
    text = Text(zh="不对", en="wrong")
    many = [
        Finding(judge="cell", type="type-error", severity="error", row=row, field=field, value="约5", message=text)
        for row in range(2, 6)
        for field in ("whole", "plain")
    ]
    assert [f.fix for f in propose_values(BriefFindings(many), CONTRACT, {}, "")] == ["5"] * 4 + [None] * 4


def test_a_number_that_would_be_masked_is_never_proposed():
    assert proposed("constraint-error", "key", "LN-11010519491231002X").fix is None
