"""Texts that describe what a contract asks for: type, limits, unit, codes and example of a field, submitters, deadline.

The comments of the annotated workbook, the template and the guide use them, so that all three state the same.
Not here: validation, layout.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.codelists import Code, CodeList, codes_for
from schemas.contract import Contract, Field
from schemas.departments import Department
from schemas.text import Text

KINDS: Mapping[str, Text] = {
    "string": Text(zh="文字", en="text"),
    "integer": Text(zh="整数", en="a whole number"),
    "number": Text(zh="数字", en="a number"),
    "date": Text(zh="日期，写作 2026-01-31", en="a date, written as 2026-01-31"),
    "datetime": Text(zh="日期和时间，写作 2026-01-31T08:30:00", en="date and time, written as 2026-01-31T08:30:00"),
    "time": Text(zh="时间，写作 08:30:00", en="a time, written as 08:30:00"),
    "year": Text(zh="年份，写作 2026", en="a year, written as 2026"),
    "yearmonth": Text(zh="年月，写作 2026-01", en="year and month, written as 2026-01"),
    "boolean": Text(zh="true 或 false", en="true or false"),
}
_DEFAULT_EXAMPLES = {
    "date": "2026-01-31",
    "datetime": "2026-01-31T08:30:00",
    "time": "08:30:00",
    "year": "2026",
    "yearmonth": "2026-01",
    "string/uri": "https://tyj.ln.gov.cn/",
    "string/email": "bgs@tyj.ln.gov.cn",
}
_FORMATS: Mapping[str, Text] = {
    "string/uri": Text(zh="网址，以 https:// 开头", en="a web address that begins with https://"),
    "string/email": Text(zh="电子邮箱地址", en="an e-mail address"),
}
_MOMENT = dt.datetime(2026, 1, 31, 8, 30)  # noqa: DTZ001 - an example, without time zone
NAMED = 8
"""Number of codes that a sentence lists; of a longer list it gives the first ones and the total."""


def example_value(field: Field) -> str | None:
    """Returns a valid value: the contract's example, the first of `enum`, or a default of the type and format; else None."""
    allowed = field.constraints.get("enum")
    if field.policy.example:
        return field.policy.example
    if allowed:
        return str(allowed[0])
    if _has_moment_format(field):
        return _MOMENT.strftime(field.format)
    return _DEFAULT_EXAMPLES.get(f"{field.type}/{field.format}") or _DEFAULT_EXAMPLES.get(field.type)


def _has_moment_format(field: Field) -> bool:
    return field.type in {"date", "datetime", "time"} and "%" in field.format


def describe_field(field: Field, codelists: Mapping[str, CodeList]) -> Text:
    """Returns the type of value and its limits in one sentence: `数字；不小于 0；单位：㎡`."""
    parts = list(_description_parts(field, codelists))
    return Text(zh="；".join(text.zh for text in parts), en="; ".join(text.en for text in parts))


def _description_parts(field: Field, codelists: Mapping[str, CodeList]) -> Iterator[Text]:
    known = codelists.get(field.policy.codelist or "")
    if known:
        yield _describe_codes(known, codes_for(field, known))
    else:
        yield _describe_kind(field)
        yield from _describe_limits(field)
    if field.policy.unit:
        yield Text(zh=f"单位：{field.policy.unit}", en=f"unit: {field.policy.unit}")


def _describe_kind(field: Field) -> Text:
    """Returns the type in words; a date or time of another format by an example of it."""
    kind = _FORMATS.get(f"{field.type}/{field.format}") or KINDS.get(field.type, Text(zh=field.type, en=field.type))
    if not _has_moment_format(field):
        return kind
    written = _MOMENT.strftime(field.format)
    zh, en = kind.zh.partition("，")[0], kind.en.partition(", ")[0]
    return Text(zh=f"{zh}，写作 {written}", en=f"{en}, written as {written}")


def _describe_codes(known: CodeList, codes: Sequence[Code]) -> Text:
    zh = "、".join(f"{code.zh}（{code.code}）" for code in codes[:NAMED])
    en = ", ".join(f"{code.en} ({code.code})" for code in codes[:NAMED])
    more = len(codes) > NAMED
    return Text(
        zh=f"代码表“{known.title.zh}”中的名称或代码：{zh}{f'等 {len(codes)} 个' if more else ''}",
        en=f"a name or code of {known.title.en}: {en}{f' … ({len(codes)} codes)' if more else ''}",
    )


def _describe_limits(field: Field) -> Iterator[Text]:
    limits: Mapping[str, Any] = field.constraints
    least, most = limits.get("minimum"), limits.get("maximum")
    if least is not None and most is not None:
        yield Text(zh=f"{least} 到 {most}", en=f"from {least} to {most}")
    elif least is not None:
        yield Text(zh=f"不小于 {least}", en=f"at least {least}")
    elif most is not None:
        yield Text(zh=f"不大于 {most}", en=f"at most {most}")
    shortest, longest = limits.get("minLength"), limits.get("maxLength")
    if shortest is not None and longest is not None:
        yield Text(zh=f"{shortest} 到 {longest} 个字", en=f"{shortest} to {longest} characters")
    elif longest is not None:
        yield Text(zh=f"不超过 {longest} 个字", en=f"no more than {longest} characters")
    elif shortest is not None and shortest > 1:
        yield Text(zh=f"至少 {shortest} 个字", en=f"{shortest} characters or more")
    if enum := limits.get("enum"):
        named = [str(value) for value in enum]
        yield Text(zh=f"只能是 {'、'.join(named)}", en=f"one of {', '.join(named)}")
    if limits.get("pattern"):
        yield (
            Text(zh="格式同示例", en="written as in the example")
            if field.policy.example
            else Text(zh="格式见字段说明", en="written as the description says")
        )


_SUBMITTER_NAMES: Mapping[str, Text] = {
    "city_bureau": Text(zh="各市体育局", en="the city sports bureaus"),
    "county_bureau": Text(zh="各县（市、区）体育主管部门", en="the sports authorities of the counties"),
    "province_unit": Text(zh="省体育局各处室", en="the divisions of the provincial sports bureau"),
    "institution": Text(zh="省体育局直属单位", en="the institutions of the provincial sports bureau"),
    "association": Text(zh="省级单项体育协会", en="the sports associations of the province"),
}


def describe_submitters(contract: Contract, departments: Mapping[str, Department]) -> Text:
    """Returns who submits the dataset."""
    named = [
        _SUBMITTER_NAMES[who] if who in _SUBMITTER_NAMES else departments[who].name
        for who in contract.policy.submitters
    ]
    return Text(zh="、".join(text.zh for text in named), en=", ".join(text.en for text in named))


def period_example(contract: Contract) -> str:
    """Returns an example of a period as a file name must state it."""
    return {"year": "2026", "quarter": "2026-Q3", "month": "2026-11"}[contract.policy.slice.period]
