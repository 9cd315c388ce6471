"""Answers in words where the contract wants a code: yes, no, not known.

Not here: any other code list; a name in the place of a code is the judge's to find.

Source: code list `tri_state` (Active Places: 0 no, 1 yes, 2 not known).
"""

_YES = ("是", "有", "y", "yes", "true", "√", "✓", "✔", "☑")
_NO = ("否", "无", "没有", "不是", "n", "no", "false", "×", "✗", "✘", "☒")
_UNKNOWN = ("不详", "未知", "不清楚", "不明", "unknown", "not known")
_CODES = dict.fromkeys(_YES, "1") | dict.fromkeys(_NO, "0") | dict.fromkeys(_UNKNOWN, "2")


def code_of(cell: str) -> str:
    """`是` as `1`, `否` as `0`, `不详` as `2`; 无 says no here, as in 照明：无. Anything else as it is."""
    return _CODES.get(cell.casefold(), cell)


def truth_of(cell: str) -> str:
    """`是` as `true`, `否` as `false`, for fields of type boolean; anything else as it is."""
    return {"1": "true", "0": "false"}.get(code_of(cell), cell) if cell not in {"0", "1"} else cell
