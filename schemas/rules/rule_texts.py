"""Default messages and corrections of rules and expectations, from `rule_texts.yaml`, in the terms of one contract.

Here: which text a rule gets, and filling its `<gaps>` with titles, cells and numbers. Not here: the placeholders in braces,
which are filled for each finding (`quality/rules/judge.py`, `quality/expectations.py`).
"""

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from schemas.execution.kept_yaml import read_yaml

FILE = Path(__file__).with_name("rule_texts.yaml")
PARTS = ("message", "mend")
_GAP = re.compile(r"<(?P<before>value of )?(?P<key>\w+)(?P<after> with value| in percent| in lower case)?>")
_PERIODS = {"year": ("年度", "year"), "quarter": ("季度", "quarter"), "month": ("月份", "month")}
_FAILED = {"<": ("不小于", "is not below"), "<=": ("大于", "exceeds"), "=": ("不等于", "does not equal"),
           ">=": ("小于", "is below"), ">": ("不大于", "does not exceed"), "!=": ("等于", "equals")}  # fmt: skip
"""How a message describes that a comparison failed."""

Descriptor = dict[str, Any]
Words = Mapping[str, str]


class DatasetWords(NamedTuple):
    """What the texts of one contract refer to: each field's title in both languages, each field's unit, the kind of period."""

    titles: Mapping[str, Words]
    units: Mapping[str, Words]
    period: Words


def complete_rules(descriptor: Mapping[str, Any]) -> Descriptor:
    """Returns the descriptor with a `message` and a `mend` for each rule and expectation: its own, or else those of its kind.

    Rules of a kind without texts, and entries that are not rules, are left as they are; the models report what is wrong with them.
    """
    policy = descriptor.get("sportlake")
    if not isinstance(policy, Mapping):
        return dict(descriptor)
    words = _dataset_words(descriptor["resources"][0]["schema"]["fields"], policy)
    completed = {
        part: [_complete_rule(rule, words) for rule in policy[part]]
        for part in ("rules", "expectations")
        if isinstance(policy.get(part), list)
    }
    return {**descriptor, "sportlake": {**policy, **completed}}


@cache
def read_texts() -> Mapping[str, Mapping[str, Words]]:
    """Returns the file's texts by kind, or by kind and case."""
    texts: Mapping[str, Mapping[str, Words]] = read_yaml(FILE)
    return texts


def _dataset_words(fields: object, policy: Mapping[str, Any]) -> DatasetWords:
    named = {str(field["name"]): field for field in _list_of(fields) if "name" in _mapping(field)}
    about = {name: _mapping(field.get("sportlake")) for name, field in named.items()}
    titles = {name: _both(field.get("title", name), about[name].get("title_en", name)) for name, field in named.items()}
    units = {
        name: _both(description["unit"], description["unit"])
        for name, description in about.items()
        if description.get("unit")
    }
    period = _mapping(policy.get("slice")).get("period")
    return DatasetWords(titles, units, _both(*_PERIODS.get(str(period), ("期间", "period"))))


def _complete_rule(rule: Any, words: DatasetWords) -> Any:  # noqa: ANN401 - what is no rule is left to the models
    kind = _mapping(rule).get("kind")
    texts = read_texts()
    if not isinstance(kind, str) or kind not in texts:
        return rule
    special = texts.get(f"{kind}, {_special_case(rule, words)}", {})
    completed = {
        part: rule[part] if part in rule else _fill_gaps(special.get(part) or texts[kind][part], rule, words)
        for part in PARTS
    }
    last = {key: value for key, value in rule.items() if key == "source"}
    return {key: value for key, value in rule.items() if key not in {*PARTS, *last}} | completed | last


def _special_case(rule: Mapping[str, Any], words: DatasetWords) -> str | None:
    """Returns the case of its kind to which a rule belongs, as the file names it; None for the usual one."""
    match rule:
        case {"kind": "date_order", "fields": [_, _]}:
            case = "strict pair" if rule.get("strict") else "pair"
        case {"kind": "required_when" | "empty_when" | "matches_when", "when": condition}:
            case = "any" if _mapping(condition).keys() == {"field"} else ""
        case {"kind": "compare"} if "right" not in rule:
            case = "number"
        case {"kind": "ratio" | "days_between" | "count_within" | "distinct_within"}:
            case = " ".join(filter(None, [_single_bound(rule), "where" if "where" in rule else ""]))
        case {"kind": "sum_of_group", "op": "<="}:
            case = "at most"
        case {"kind": "percentage", "up_to": _}:
            case = "rounding"
        case {"kind": "distinct"} if "maximum" not in rule:
            case = "too few"
        case {"kind": "unit_slip"} if rule.get("field") in words.units:
            case = "of a unit"
        case _:
            case = ""
    return case or None


def _single_bound(rule: Mapping[str, Any]) -> str:
    """Returns which way a rule with one bound can be broken; empty text with both bounds or none."""
    lowest, highest = (bool(names & rule.keys()) for names in ({"minimum", "at_least"}, {"maximum", "at_most"}))
    return "" if lowest == highest else "too few" if lowest else "too many"


def _fill_gaps(text: Words, rule: Mapping[str, Any], words: DatasetWords) -> Words:
    """Returns the text with its gaps filled; a gap for which the rule has no value becomes empty text."""
    values = {**rule, "period": words.period, "unit": words.units.get(str(rule.get("field")), {})}
    if rule["kind"] == "compare":
        values["op"] = _both(*_FAILED.get(str(rule.get("op")), ("", "")))
    if rule["kind"] == "days_between":
        values["day"] = _both("个工作日", "working days") if rule.get("count") == "working" else _both("天", "days")
    if rule["kind"] == "date_order" and len(_list_of(rule.get("fields"))) > 1:
        values["earlier"], values["later"] = rule["fields"][0], rule["fields"][-1]
    return {
        language: _GAP.sub(partial(_gap_text, values=values, titles=words.titles, language=language), sentence)
        for language, sentence in text.items()
    }


def _gap_text(gap: re.Match[str], values: Mapping[str, Any], titles: Mapping[str, Words], language: str) -> str:
    value = values.get(gap["key"], "")
    if isinstance(value, Mapping) and not _condition_fields(value):
        return str(value.get(language, ""))
    if isinstance(value, int | float):
        return _number_text(value, language, percent=gap["after"] == " in percent")
    names = [str(name) for name in (value if isinstance(value, list) else _condition_fields(value) or [value])]
    names_of_fields = {name: titles.get(name, _both(name, name))[language] for name in names}
    if gap["before"]:
        names_of_fields = {name: f"{{{name}}}" for name in names}
    elif gap["after"] == " with value":
        names_of_fields = {name: f"{title} {{{name}}}" for name, title in names_of_fields.items()}
    elif gap["after"] == " in lower case":
        names_of_fields = {name: title[:1].lower() + title[1:] for name, title in names_of_fields.items()}
    return ("、" if language == "zh" else ", ").join(names_of_fields.values())


def _condition_fields(value: object) -> list[object]:
    """Returns the fields of a condition, each once; none if the value is no condition."""
    condition = _mapping(value)
    parts = [*_list_of(condition.get("all_of")), *_list_of(condition.get("any_of"))]
    own = [condition["field"]] if "field" in condition else []
    return list(dict.fromkeys([*own, *(name for part in parts for name in _condition_fields(part))]))


def _number_text(number: float, language: str, *, percent: bool) -> str:
    if percent:
        return f"{number * 100:g}{'%' if language == 'zh' else ' %'}"
    return f"{number:g}"


def _both(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
