"""What a workbook of ours says of itself, and what follows from it."""

import pytest

from pipelines.workbook_stamp import TemplateStamp, find_outdated, read_stamp, refuse_misplaced
from schemas.errors import UnreadableFile
from support.files import venues


def test_a_stamp_is_read_as_it_was_written():
    stamp = TemplateStamp("template", "sample", "1.0.0")
    assert read_stamp(stamp.stamp_rows()) == stamp


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["x"]],
        [["sportlake workbook", "other"], ["version", "1.0.0"]],
        [["sportlake workbook", "template"], ["version", "=1"]],
    ],
)
def test_what_is_no_stamp_of_ours_says_nothing(rows):
    assert read_stamp(rows) is None


def test_the_template_of_this_dataset_passes_and_others_are_refused():
    refuse_misplaced(None, "a.xlsx", venues())
    refuse_misplaced(TemplateStamp("template", "sample", "1.0.0"), "a.xlsx", venues())
    for stamp, kind in (
        (TemplateStamp("template", "event", "1.0.0"), "other-template"),
        (TemplateStamp("excerpt", "RCPT", "1.0.0"), "excerpt"),
    ):
        with pytest.raises(UnreadableFile) as refused:
            refuse_misplaced(stamp, "a.xlsx", venues())
        assert refused.value.kind == kind


@pytest.mark.parametrize(("version", "said"), [("1.0.0", None), ("0.9.12", "older"), ("1.10.0", "newer")])
def test_another_version_is_said(version, said):
    found = find_outdated(TemplateStamp("template", "sample", version), venues())
    assert [finding.severity for finding in found] == (["info"] if said else [])
    assert all(said in finding.message.en for finding in found)
