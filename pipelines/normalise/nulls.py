"""Words that stand for nothing. Which of them count depends on the type: a free text may well say `None`.

Not here: an empty cell where something is required (the judge's), 不详 as an answer (`answers`).

Source: DOMAIN 0.6, dialects met in published tables (a note in brackets after `--`: 广东省财政厅).
"""

import re

WORDS = frozenset(
    {
        "-",
        "--",
        "---",
        "－",
        "－－",
        "–",
        "—",
        "——",
        "/",
        "／",
        "\\",
        "无",
        "N/A",
        "n/a",
        "#N/A",
        "NULL",
        "null",
        "Null",
    }
)
"""Nothing, in a cell of any type that holds exactly this."""
WORDS_FOR_VALUES = WORDS | frozenset(
    {
        "NA",
        "na",
        "None",
        "none",
        "NaN",
        "nan",
        "NAN",
        "nil",
        "空",
        "暂无",
        "不详",
        "未知",
        "无数据",
        "未填",
        "未填写",
        "*",
        "**",
        "…",
        "……",
    }
)
"""Nothing, in a cell that can only hold a number or a moment."""
_NOTED = re.compile(r"[-–—－]{1,3}\s*[(（][^()（）]*[)）]")


def is_noted_null(cell: str) -> bool:
    """Whether a dash is followed by a note why there is nothing, as in `--(基数为0,不可比)`."""
    return _NOTED.fullmatch(cell) is not None
