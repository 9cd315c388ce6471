"""The text of a digest: both languages, counted, and never endless."""

from datetime import date

from pipelines.alerts.digest import Digest, DigestLine
from pipelines.alerts.digest_text import MOST_LINES, write_body, write_subject
from pipelines.work_items.work_item import WorkItem
from schemas.text import Text

ITEM = WorkItem(
    "mend",
    "facility",
    "RCPT-1",
    Text(zh="“体育场地”2026被退回", en="facilities 2026 was sent back"),
    date(2026, 5, 1),
    department="210100",
    due=date(2026, 5, 20),
    page="receipts/RCPT-1.html",
)


def digest_of(count=1, late=0):
    lines = (DigestLine(ITEM, "late"),) * count
    return Digest("210100", Text(zh="沈阳市体育局", en="Shenyang"), date(2026, 6, 1), lines, count, late)


def test_the_subject_names_the_owner_and_counts():
    assert write_subject(digest_of(late=0)) == "体育数据开放平台：沈阳市体育局 1 项待办"
    assert write_subject(digest_of(3, late=2)) == "体育数据开放平台：沈阳市体育局 3 项待办，其中 2 项逾期"


def test_a_line_says_kind_stage_what_and_until_when_in_both_languages():
    text = write_body(digest_of(), synthetic=False)
    assert "1. 【退回修改·已逾期】“体育场地”2026被退回（期限 2026-05-20，receipts/RCPT-1.html）" in text
    assert "1. [sent back, late] facilities 2026 was sent back (by 2026-05-20, receipts/RCPT-1.html)" in text
    assert "虚构" not in text


def test_sample_data_are_called_invented_and_what_is_left_out_is_counted():
    text = write_body(digest_of(MOST_LINES + 2), synthetic=True)
    assert text.startswith("（示例数据，全部为虚构）")
    assert "另有 2 项未列出" in text
    assert "2 more are not listed" in text
    assert f"{MOST_LINES + 1}." not in text
