"""An empty cell in which a word for nothing stands: the finding says that the word was read as empty."""

from pipelines.normalise.table import CellRewrite
from pipelines.submissions.checks.null_words import explain_null_words
from quality.findings import Finding
from schemas.text import Text


def finding(row, field, value=None):
    text = Text(zh="不能为空", en="may not be empty")
    return Finding(
        judge="cell", type="constraint-error", severity="error", row=row, field=field, value=value, message=text
    )


WORD = CellRewrite(3, "address", "无", None, "null-word")


def test_the_word_that_was_read_as_empty_is_named():
    (said,) = explain_null_words([finding(3, "address")], [WORD])
    assert said.message.zh == "不能为空（所填“无”按空白处理）"
    assert said.message.en == 'may not be empty ("无" was read as empty)'


def test_an_empty_cell_a_filled_one_and_another_rewrite_are_left_alone():
    found = [finding(2, "address"), finding(3, "name"), finding(3, "address", "无"), finding(None, "address")]
    shorter = CellRewrite(3, "name", "甲 ", "甲", "blanks")
    assert explain_null_words(found, [WORD, shorter]) == found


def test_without_findings_on_empty_cells_no_rewrite_is_looked_at():
    def never():
        raise AssertionError
        yield

    assert explain_null_words([finding(3, "address", "x")], never()) == [finding(3, "address", "x")]
