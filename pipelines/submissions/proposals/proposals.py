"""Values that findings propose for a cell: the code for a name, the date in its standard form, a number without words.

`Finding.fix` is a proposal to people; nothing applies it by itself. If the type of a cell is wrong because it can be read in two ways
(5/1/2024), or because it holds more than the field asks for (a time of day after the date), the finding says so. Not here: proposals that
follow from a whole row (`quality/rules/proposals.py`) or from names of codes (`code_findings`).
"""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from pipelines.field_help import example_value
from pipelines.normalise.moments import normalise_date, normalise_datetime, normalise_minute
from pipelines.read.mojibake import restore_text
from pipelines.submissions.proposals.code_findings import CodeProposals
from pipelines.submissions.proposals.tried_proposals import ProposalTrial, WithdrawnProposal
from pipelines.submissions.proposals.written_numbers import propose_number, read_chinese_number
from quality.brief_findings import BriefFindings
from quality.findings import Finding, proposed_value
from quality.rules.proposals import MOST_PROPOSALS, mend_credit_code
from schemas.codelists import CodeList
from schemas.contract import Contract, Field
from schemas.execution.late_pattern import compile_late
from schemas.rules.group_rules import NoOverlap
from schemas.rules.rules import CreditCode, InCodelist, RequiredWhen
from schemas.text import Text

_STAMP = compile_late(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")
_EPOCH_MILLISECONDS = compile_late(r"1\d{12}")
"""A moment from September 2001 to 2033."""
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_FIRST_OF_19 = 69
"""Two digits of a year from which it is one of the last century. Source: POSIX, strptime (%y)."""
_SHORT_YEAR = compile_late(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_YEAR_LAST = compile_late(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE_DATE = compile_late(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]?"
)
_ONE_YEAR = compile_late(r"\D*((?:19|20)\d{2})\D*")
_ADDRESS = compile_late(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#]\S*)?")
_FOUR_DIGITS = compile_late(r"([01]\d|2[0-3])([0-5]\d)")
_SECONDS = compile_late(r"(?:\d{4}-\d{2}-\d{2}[T ])?(\d{2}):(\d{2}):\d{2}")
_MIDNIGHT = compile_late(r"24(?:点|:?00(?::00)?)")
_POINTED = compile_late(r"(\d{1,2})[.。](\d{2})")
_NUMERALS = compile_late("[〇零一二两三四五六七八九十]+")
_MINUTE = compile_late(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MORNING = compile_late(r"上午|早|凌晨|清晨|a\.?m", re.IGNORECASE)
_DAWN, _NOON = "06:00", "12:00"
_DASHES = str.maketrans("—–－−＿_", "------")
_BRACKETS = str.maketrans("[【（({〈", "〔〔〔〔〔〔") | str.maketrans("]】）)}〉", "〕〕〕〕〕〕")
_LOOKALIKES = str.maketrans("OoIl", "0011")
_MENDERS: Sequence[Callable[[str], str]] = (
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: re.sub(r"\s+", "", text),
    lambda text: text.translate(_DASHES),
    lambda text: text.upper(),
    lambda text: text.translate(_LOOKALIKES),
)
"""Changes of spelling that are tried on a text that does not match its pattern, one upon the other."""


def propose_values(
    found: BriefFindings,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    area: str,
    trial: ProposalTrial | None = None,
    units: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Returns the listed findings with a proposed value (`fix`) and a clearer text, if the text of the cell is enough to tell them.

    `area`: the division code of the submitting city, "" if there is none. `trial`: the rows in which the proposals are tried out;
    what a rule would refuse is not proposed, and the finding says why. `units`: the units that the file gives for columns, by field, where
    they are not the stored ones. Findings on rows, tables and headers stay as they are,
    and so do those beyond the first `MOST_PROPOSALS` of one type in one field: no receipt lists them.
    """
    proposer = _Proposer(contract, codelists, area, units or {})
    seen: Counter[tuple[str, str | None]] = Counter()
    proposed = []
    for finding in found.findings:
        seen[finding.type, finding.field] += 1
        within = seen[finding.type, finding.field] <= MOST_PROPOSALS
        proposed.append(proposer.add_proposal(finding) if within else finding)
    refused = trial.find_refused(replace(found, findings=proposed)) if trial is not None else {}
    if not refused:
        return proposed
    at = [refused.get((finding.row or 0, finding.field or "")) for finding in proposed]
    return [
        proposer.withdraw_proposal(finding, one) if one is not None and finding.fix is not None else finding
        for finding, one in zip(proposed, at, strict=True)
    ]


class _Proposer:
    """Proposals by field; a field with a code list is prepared once."""

    def __init__(
        self, contract: Contract, codelists: Mapping[str, CodeList], area: str, units: Mapping[str, str]
    ) -> None:
        self._fields = {field.name: field for field in contract.fields}
        self._listed = {rule.id for rule in contract.rules if isinstance(rule, InCodelist)}
        self._closing = {rule.end for rule in contract.rules if isinstance(rule, NoOverlap)}
        self._asking = {rule.id for rule in contract.rules if isinstance(rule, RequiredWhen)}
        self._credit = {rule.field for rule in contract.rules if isinstance(rule, CreditCode)}
        self._codelists, self._area, self._units = codelists, area, units
        self._codes: dict[str, CodeProposals] = {}

    def add_proposal(self, finding: Finding) -> Finding:
        field = self._fields.get(finding.field or "")
        if field is not None and finding.type in self._asking:
            return _with_example(finding, field, self._codelists.get(field.policy.codelist or ""))
        if field is None or not finding.value or finding.row is None or finding.fix is not None:
            return finding
        if finding.type == "encoding-error":
            return _with_fix(finding, restore_text(finding.value.replace("\ufffd", "?")))
        listed = field.policy.codelist
        if (
            listed
            and listed in self._codelists
            and (finding.type == "constraint-error" or finding.type in self._listed)
        ):
            return self._code_proposals(field, self._codelists[listed]).explain_finding(finding)
        if finding.type == "type-error":
            return self._propose_type(finding, finding.value, field)
        if finding.type == "constraint-error":
            return _with_fix(finding, _mend_spelling(finding.value, field, credit=field.name in self._credit))
        return finding

    def withdraw_proposal(self, finding: Finding, refused: WithdrawnProposal) -> Finding:
        """Returns the finding with the other proposal, or without one, and with the reason why the first value is not proposed."""
        field = self._fields[finding.field or ""]
        codelist = self._codelists.get(field.policy.codelist or "")
        plain = self._code_proposals(field, codelist).explain_plainly(finding) if codelist else finding
        names = codelist.labels if codelist else {}

        def name(value: str) -> Text:
            code = names.get(value)
            return Text(zh=f"“{code.zh}”（{value}）", en=f"{code.en} ({value})") if code else Text(zh=value, en=value)

        refused_name, other = name(refused.refused), name(refused.other) if refused.other else None
        instead = Text(zh=f"；疑似应为{other.zh}", en=f"; {other.en} may be meant") if other else Text(zh="", en="")
        message = Text(
            zh=f"{plain.message.zh}；未建议{refused_name.zh}，因为{refused.why.zh}{instead.zh}",
            en=f"{plain.message.en}; {refused_name.en} is not proposed because {refused.why.en}{instead.en}",
        )
        return plain.model_copy(update={"message": message, "fix": refused.other})

    def _code_proposals(self, field: Field, codelist: CodeList) -> CodeProposals:
        if field.name not in self._codes:
            self._codes[field.name] = CodeProposals(field, codelist, self._area)
        return self._codes[field.name]

    def _propose_type(self, finding: Finding, cell: str, field: Field) -> Finding:
        if field.type == "date":
            return _explain_date(finding, cell, field)
        if field.type == "time":
            closing = field.name in self._closing
            fixed = _with_fix(finding, _propose_time(cell, closing=closing))
            return _explain_midnight(fixed) if closing else fixed
        if field.type in {"integer", "number"}:
            whole, reported = field.type == "integer", self._units.get(field.name)
            return _with_fix(finding, propose_number(cell, field.policy.unit, reported, whole=whole))
        if field.type == "year":
            return _with_fix(finding, found[1] if (found := _ONE_YEAR.fullmatch(cell)) else None)
        return _with_fix(finding, _propose_address(cell)) if field.format == "uri" else finding


def _with_fix(finding: Finding, fix: str | None) -> Finding:
    return finding if proposed_value(fix) is None else finding.model_copy(update={"fix": fix})


def _with_example(finding: Finding, field: Field, codelist: CodeList | None) -> Finding:
    """Returns the finding that asks for a value with an example of one, a code with its name."""
    example, mend = example_value(field), finding.mend
    if example is None or mend is None:
        return finding
    code = next((code for code in codelist.codes if code.code == example), None) if codelist else None
    zh, en = (f"{code.zh}（{code.code}）", f"{code.en} ({code.code})") if code else (example, example)
    return finding.model_copy(update={"mend": Text(zh=f"{mend.zh}，例如 {zh}", en=f"{mend.en}; for example {en}")})


def _explain_date(finding: Finding, cell: str, field: Field) -> Finding:
    title = field.label
    if day := _find_day(cell):
        counted = _EPOCH_MILLISECONDS.fullmatch(cell) is not None
        message = Text(
            zh=f"{title.zh}“{cell}”{f'是自 1970 年起的毫秒数（{day}）' if counted else '带有时刻'}，这里只填日期",
            en=f'{title.en} "{cell}" {f"counts milliseconds since 1970 ({day})" if counted else "has a time of day"}; only the date goes here',
        )
        return _with_fix(finding.model_copy(update={"message": message}), day)
    if found := _YEAR_LAST.fullmatch(cell):
        days = {day for month, number in ((1, 2), (2, 1)) if (day := _iso_day(found[3], found[month], found[number]))}
        if len(days) > 1:
            either = sorted(days)
            message = Text(
                zh=f"{title.zh}“{cell}”有两种读法：{either[0]} 或 {either[1]}",
                en=f'{title.en} "{cell}" may mean {either[0]} or {either[1]}',
            )
            return finding.model_copy(update={"message": message})
        return _with_fix(finding, next(iter(days), None))
    return _with_fix(finding, _propose_date(cell))


def _propose_date(cell: str) -> str | None:
    if found := _SHORT_YEAR.fullmatch(cell):
        century = "19" if int(found[1]) >= _FIRST_OF_19 else "20"
        return _iso_day(f"{century}{found[1]}", found[2], found[3])
    if found := _CHINESE_DATE.fullmatch(cell):
        return _iso_day(found[1].translate(_DIGITS), *map(read_chinese_number, found.groups()[1:]))
    plain = normalise_date(re.sub(r"\s*[(（].*[)）]$|^\s*(?:约|于|自)\s*", "", cell))
    return plain if plain != cell and _iso_day(*plain.split("-")[:3]) == plain else None


def _find_day(cell: str) -> str | None:
    """Returns the day of a date with a time, or of milliseconds as JavaScript and pandas write them; None for anything else.

    With an offset it is the day in Beijing: there, midnight is 16:00Z of the day before.
    """
    try:
        if _EPOCH_MILLISECONDS.fullmatch(cell):
            return dt.datetime.fromtimestamp(int(cell) / 1000, _BEIJING).date().isoformat()
        stamp = cell if _STAMP.fullmatch(cell) else normalise_datetime(cell)
        if not _STAMP.fullmatch(stamp):
            return None
        moment = dt.datetime.fromisoformat(stamp)
        return (moment.astimezone(_BEIJING) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, OverflowError):
        return None


def _iso_day(*parts: str | int | None) -> str | None:
    try:
        return dt.date(*(int(part or 0) for part in parts)).isoformat()
    except (ValueError, TypeError):
        return None


def _propose_time(cell: str, *, closing: bool) -> str | None:
    text = _write_clock(cell)
    if _MIDNIGHT.fullmatch(text):
        return "24:00" if closing else "00:00"
    if found := _FOUR_DIGITS.fullmatch(text) or _SECONDS.fullmatch(text):
        return ":".join(found.groups())
    clock = normalise_minute(text)
    if text == cell or not _MINUTE.fullmatch(clock):
        return None
    # A place that closes at 九点 closes at nine in the evening as often as not, and one that opens at 两点 opens at two in the afternoon.
    doubtful = clock < _NOON if closing else "01:00" <= clock < _DAWN
    return None if doubtful and not _MORNING.search(text) else clock


def _write_clock(cell: str) -> str:
    """Returns a time of day in Chinese numerals, or with a point between hour and minute, as 8点30分 and 8:30 are written; others unchanged."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
    if found := _POINTED.fullmatch(text):
        return ":".join(found.groups())
    numbers = [read_chinese_number(numeral.lstrip("零〇") or "零") for numeral in _NUMERALS.findall(text)]
    if not numbers or None in numbers:
        return cell
    return _NUMERALS.sub(lambda _: str(numbers.pop(0)), text)


def _explain_midnight(finding: Finding) -> Finding:
    mend = finding.mend or Text(zh="", en="")
    return finding.model_copy(
        update={
            "mend": Text(
                zh=f"{mend.zh}；开放到零点的填 24:00；过零点的拆成两行，当日一行到 24:00，次日一行从 00:00 到关闭",
                en=f"{mend.en}; write 24:00 for midnight; split hours past midnight in two rows: that day up to 24:00, the next day from 00:00 until closing",
            )
        }
    )


def _propose_address(cell: str) -> str | None:
    """Returns the web address with its scheme and without blanks and full-width signs; None if that is still no web address."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
    whole = plain if "://" in plain else f"https://{plain}"
    return whole if whole != cell and _ADDRESS.fullmatch(whole) else None


def _mend_spelling(cell: str, field: Field, *, credit: bool) -> str | None:
    """Returns the text as the field's pattern or list of values has it, if a change of spelling alone makes it so."""
    if allowed := [str(value) for value in field.constraints.get("enum", ())]:
        return next(iter(get_close_matches(cell, allowed, n=1)), None)
    pattern: str | None = field.constraints.get("pattern")
    if not pattern or field.type != "string":
        return None
    if credit:
        return mend_credit_code(re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", cell)))
    text = cell
    for change in (lambda text: text.translate(_BRACKETS), *_MENDERS):
        candidates: tuple[str, str] = (change(cell), change(text))
        for candidate in candidates:
            if candidate != cell and re.fullmatch(pattern, candidate, re.ASCII):
                return candidate
        text = text if change(text) == cell else change(text)
    return None
