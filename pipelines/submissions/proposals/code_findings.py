"""Text and proposal of a finding on a cell that is not a code of its list: the code that was probably meant, or all codes of that name.

Not here: names that stand for one code, which are rewritten before (`pipelines/normalise/labels.py`), other cells (`proposals`).
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from pipelines.normalise.labels import build_code_labels, name_key
from pipelines.read.mojibake import restore_text
from quality.findings import Finding, masked_excerpt
from schemas.codelists import Code, CodeList, codes_for
from schemas.contract import Field
from schemas.text import Text

_QUOTED = 40
_LONGEST = 60
"""Characters of a cell that is compared with the names of a list."""
_NAMED = 5
_LEAST_PART = 2
_NEAR = 0.6
"""Least similarity (difflib ratio) of a name that is proposed."""
_OPPOSED = tuple(
    re.compile(words)
    for words in (
        "[不未非无没否]", "停|禁|取消|撤|终止|拒|限制", "部分|半|基本|局部|个别", "室内|内外", "室外|户外|内外",
        "拟|待|将|计划|准备|申请", "中$|正在|^在|进行", "已?(?:完成|完毕|结束)|已", "暂|临时", "永久|长期",
    )
)  # fmt: skip
"""Words that turn a name into another or its opposite: 未对外开放 is as near to 对外开放 as a slip of the pen, 注销中 is not 注销.

A cell and a name with another number of them do not mean the same; what is doubtful so (已注销 for 注销) is left to the department.
"""
_SEVERAL = re.compile("[、和及与或至到~—–-]")
"""Signs of a list or a span: 星期一至五 is not 星期一."""
_WEEKDAY = re.compile("(?:周|礼拜|星期)([一二三四五六日天])")
_EVERY = "每[天日]|天天|[全整]周|工作日|周末|双休日"
_SEVERAL_DAYS = re.compile(
    rf"(?:{_EVERY}|(?:法定)?节假日|(?:周|礼拜|星期)[一二三四五六日天1-7]+|[ 、，,;；/|&+（）()和及与至到~—–-]"
    "|(?<![一二三四五六日天0-9])[一二三四五六日1-7](?![一二三四五六日天0-9]))+"
)
"""Days of the week and the signs between them; 一天 is none, and neither is 12."""
_ONE_OF_DAYS = re.compile("[一二三四五六日1-7]")
_COMPARED = 5
_NUMBERED = re.compile(r"(?=.*[0-9])[0-9a-z._-]+")


class CodeProposals:
    """The proposals for one field with a code list; `area` is the division code of the submitting city, "" if none."""

    def __init__(self, field: Field, codelist: CodeList, area: str = "") -> None:
        self._field, self._codelist = field, codelist
        self._known: Mapping[str, Code] = {code.code: code for code in codelist.codes}
        self._offered = codes_for(field, codelist)
        self._labels = build_code_labels(field, codelist, area)
        self._near_code = cache(self._find_near_code)

    def explain_finding(self, finding: Finding) -> Finding:
        """Returns the finding with the code that was probably meant, or with the codes that have that name."""
        cell = finding.value or ""
        meanings = self._labels.find_codes(cell)
        if cell in self._known:
            code = self._known.get(self._known[cell].superseded_by or "")
            return self._with_proposal(finding, code) if code else finding
        if len(meanings) > 1:
            return self._with_meanings(finding, meanings)
        if _has_several_days(cell) and any(_WEEKDAY.fullmatch(code.zh) for code in self._offered):
            return finding.model_copy(update=self._several_days_texts(cell))
        code = self._near_code(cell[:_LONGEST])
        if code is None and (unfit := self._find_unfit_code(cell)):
            return finding.model_copy(update=self._unfit_texts(cell, unfit))
        return self._with_proposal(finding, code) if code else finding.model_copy(update=self._plain_texts(cell))

    def explain_plainly(self, finding: Finding) -> Finding:
        """Returns the finding with the general text: the cell is not a code of the list, and there is no proposal."""
        return finding.model_copy(update=self._plain_texts(finding.value or ""))

    def _find_near_code(self, cell: str) -> Code | None:
        cell = restore_text(cell) or cell
        key = name_key(cell)
        if meant := self._labels.find_codes(cell):
            return self._known[meant[0]]
        expired = [code for code in self._known.values() if code.superseded_by and name_key(code.zh) == key]
        if expired:
            return self._known.get(expired[0].superseded_by or "")
        if _NUMBERED.fullmatch(key):
            return self._find_same_number(key)
        key = _spell_weekday(key)
        alike = [code for code in self._offered if not _is_opposed(name_key(code.zh), key)]
        parts = [code for code in alike if _is_part(name_key(code.zh), key) or _is_part(key, name_key(code.zh))]
        if len(parts) == 1:
            return parts[0]
        return _find_nearest({name_key(name): code for code in alike for name in (code.en, code.code, code.zh)}, key)

    def _find_same_number(self, key: str) -> Code | None:
        """Returns the code that differs from the key only in signs and zeros; a code with another digit would mean something else."""
        same = [code for code in self._offered if _bare_number(name_key(code.code)) == _bare_number(key)]
        return same[0] if len(same) == 1 else None

    def _find_unfit_code(self, cell: str) -> Code | None:
        """Returns the code of that name that is in the list but not allowed in this field."""
        key = name_key(cell)
        return next((code for code in self._known.values() if key in {name_key(code.zh), name_key(code.en)}), None)

    def _unfit_texts(self, cell: str, code: Code) -> dict[str, Text]:
        excerpt, field = masked_excerpt(cell, _QUOTED), self._field
        return {
            "message": Text(
                zh=f"{field.title}不能填“{excerpt}”（{code.code}）",
                en=f'{field.policy.title_en} cannot be "{excerpt}" ({code.code})',
            ),
            "mend": Text(zh=f"应填：{field.description}", en=f"give this: {field.policy.description_en}"),
        }

    def _plain_texts(self, cell: str) -> dict[str, Text]:
        excerpt, title, listed = masked_excerpt(cell, _QUOTED), self._field.label, self._codelist.title
        return {
            "message": Text(
                zh=f"{title.zh}“{excerpt}”不是“{listed.zh}”代码表中的名称或代码",
                en=f'{title.en} "{excerpt}" is neither a name nor a code of the list "{listed.en}"',
            ),
            "mend": Text(
                zh=f"请从采集模板“代码表”页的“{listed.zh}”中选择",
                en=f'choose one of "{listed.en}" on the sheet 代码表 of the template',
            ),
        }

    def _several_days_texts(self, cell: str) -> dict[str, Text]:
        excerpt = masked_excerpt(cell, _QUOTED)
        return {
            "message": Text(
                zh=f"{self._field.title}“{excerpt}”不止一天",
                en=f'{self._field.policy.title_en} "{excerpt}" is more than one day',
            ),
            "mend": Text(
                zh="一行只填一天：请每天一行，各行有自己的编码，其余内容相同",
                en="a row is for one day: write a row for each, with a code of its own and the rest as it is",
            ),
        }

    def _with_proposal(self, finding: Finding, code: Code) -> Finding:
        cell = finding.value or ""
        texts = self._plain_texts(cell)
        wrong = finding.message if cell in self._known else texts["message"]
        message = Text(
            zh=f"{wrong.zh}，疑似应为“{self._name(code)}”（代码 {code.code}）",
            en=f"{wrong.en}; {code.en} (code {code.code}) may be meant",
        )
        return finding.model_copy(update={"message": message, "mend": texts["mend"], "fix": code.code})

    def _with_meanings(self, finding: Finding, meanings: tuple[str, ...]) -> Finding:
        codes = [self._known[code] for code in meanings[:_NAMED]]
        excerpt, title = masked_excerpt(finding.value, _QUOTED), self._field.label
        zh = "、".join(f"{code.code}（{self._name(code)}）" for code in codes)
        en = ", ".join(f"{code.code} ({self._name(code)})" for code in codes)
        message = Text(
            zh=f"{title.zh}“{excerpt}”有 {len(meanings)} 个含义：{zh}",
            en=f'{title.en} "{excerpt}" has {len(meanings)} meanings: {en}',
        )
        return finding.model_copy(
            update={
                "message": message,
                "mend": Text(zh="请填其中一个的代码或全名", en="give the code or the full name of one of them"),
            }
        )

    def _name(self, code: Code) -> str:
        """Returns the name of a code, with the name above it where another code has the same."""
        above = self._known.get(code.parent or "")
        shared = sum(other.zh == code.zh for other in self._offered) > 1
        return f"{above.zh}{code.zh}" if above and shared else code.zh


def _find_nearest(names: Mapping[str, Code], key: str) -> Code | None:
    """Returns the code with the name nearest to the key; None if none is near, or if those of several codes are equally near."""
    close = get_close_matches(key, names, n=_COMPARED, cutoff=_NEAR)
    nearness = [SequenceMatcher(None, name, key).ratio() for name in close]
    codes = {names[name].code for name, near in zip(close, nearness, strict=True) if near == max(nearness)}
    return names[close[0]] if len(codes) == 1 else None


def _spell_weekday(key: str) -> str:
    """Returns 周一, 礼拜一 and 星期天 as the list of weekdays has them; any other text is unchanged."""
    found = _WEEKDAY.fullmatch(key)
    return f"星期{found[1].replace('天', '日')}" if found else key


def _has_several_days(cell: str) -> bool:
    """Whether a cell holds days of the week and nothing else: two or more, or a word for several."""
    if not _SEVERAL_DAYS.fullmatch(cell):
        return False
    return re.search(_EVERY, cell) is not None or len(set(_ONE_OF_DAYS.findall(cell.replace("天", "日")))) > 1


def _is_part(part: str, whole: str) -> bool:
    return len(part) >= _LEAST_PART and part in whole


def _is_opposed(name: str, cell: str) -> bool:
    several = _SEVERAL.search(cell) is not None and _SEVERAL.search(name) is None
    return several or any(len(words.findall(name)) != len(words.findall(cell)) for words in _OPPOSED)


def _bare_number(code: str) -> str:
    """Returns a code without signs, zeros at the front of its numbers, and the zeros of a division's twelve digits."""
    digits = re.sub(r"^(\d{6})0{6}$", r"\1", re.sub(r"[._-]", "", code))
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", digits)
