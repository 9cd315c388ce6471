"""Words that stand for nothing. Which of them count depends on the type: a free text may well say `None`.

Not here: an empty cell where something is required (the judge's), 不详 as an answer (`answers`).

Source: DOMAIN 0.6, dialects met in published tables (a note in brackets after `--`: 广东省财政厅).
"""

import re

NULL_WORDS = frozenset(
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
NULL_WORDS_FOR_VALUES = NULL_WORDS | frozenset(
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


_YES = ("是", "有", "y", "yes", "true", "√", "✓", "✔", "☑")
_NO = ("否", "无", "没有", "不是", "n", "no", "false", "×", "✗", "✘", "☒")
_UNKNOWN = ("不详", "未知", "不清楚", "不明", "unknown", "not known")
_ANSWER_CODES = dict.fromkeys(_YES, "1") | dict.fromkeys(_NO, "0") | dict.fromkeys(_UNKNOWN, "2")


def answer_code(cell: str) -> str:
    """`是` as `1`, `否` as `0`, `不详` as `2`; 无 says no here, as in 照明：无. Anything else as it is."""
    return _ANSWER_CODES.get(cell.casefold(), cell)


def answer_truth(cell: str) -> str:
    """`是` as `true`, `否` as `false`, for fields of type boolean; anything else as it is."""
    return {"1": "true", "0": "false"}.get(answer_code(cell), cell) if cell not in {"0", "1"} else cell
