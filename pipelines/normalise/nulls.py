"""Words that stand for an empty cell, and words for the answers yes, no and not known.

Which null words count depends on the field's type: a free text may legitimately be `None`. Not here: empty cells where
a value is required (validation); codes of any other code list: a name in place of a code is reported by validation.

Sources: DOMAIN 0.6, spellings found in published tables (a note in brackets after `--`: 广东省财政厅); code list `tri_state`
(Active Places: 0 no, 1 yes, 2 not known); MySQL (0000-00-00) and Excel (1900/1/0 is how it shows 0) have no day for these dates.
"""

import re

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
"""The full-width form of each sign of ASCII, as Chinese input methods write it."""


def _with_full_width(*words: str) -> frozenset[str]:
    return frozenset({*words, *(word.translate(_WIDE) for word in words)})


NULL_WORDS = _with_full_width(
    "-", "--", "---", "–", "—", "——", "/", "\\", "无", "N/A", "n/a", "#N/A", "NULL", "null", "Null",
)  # fmt: skip
"""Words for an empty cell, in fields of any type; the cell must hold exactly one of them."""
NULL_WORDS_FOR_CODES = NULL_WORDS | _with_full_width("NA")
"""Words for an empty cell, in fields of codes that do not have it as one: R writes NA where there is no value."""
NULL_WORDS_FOR_VALUES = NULL_WORDS_FOR_CODES | _with_full_width(
    "na", "None", "none", "NaN", "nan", "NAN", "nil", "空", "暂无", "不详", "未知", "无数据", "未填", "未填写", "*", "**", "…", "……",
    "0000-00-00", "0000-00-00 00:00:00", "1900-01-00", "1900/1/0",
)  # fmt: skip
"""Words for an empty cell, in fields that can only hold a number, a date or a time."""
_NOTED = re.compile(r"[-–—－]{1,3}\s*[(（][^()（）]*[)）]")


def is_noted_null(cell: str) -> bool:
    """Whether the cell is a dash with a note in brackets on why there is no value, as in `--(基数为0,不可比)`."""
    return _NOTED.fullmatch(cell) is not None


_YES = ("是", "有", "y", "yes", "true", "√", "✓", "✔", "☑")
_NO = ("否", "无", "没有", "不是", "n", "no", "false", "×", "✗", "✘", "☒")
_UNKNOWN = ("不详", "未知", "不清楚", "不明", "unknown", "not known")
_ANSWER_CODES = dict.fromkeys(_YES, "1") | dict.fromkeys(_NO, "0") | dict.fromkeys(_UNKNOWN, "2")


def answer_code(cell: str) -> str:
    """Converts `是` to `1`, `否` to `0`, `不详` to `2`; 无 means no here, as in 照明：无. Anything else is unchanged."""
    return _ANSWER_CODES.get(cell.casefold(), cell)


def answer_truth(cell: str) -> str:
    """Converts `是` to `true`, `否` to `false`, for fields of type boolean; anything else is unchanged."""
    return {"1": "true", "0": "false"}.get(answer_code(cell), cell) if cell not in {"0", "1"} else cell
