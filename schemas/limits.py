"""Texts of Table Schema constraints: what a field may hold, in sentences.

Pure. Not here: checking the constraints, and how a page or a file formats the sentences.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.text import Text


def _join_values(values: list[Any]) -> Text:
    texts = [str(value) for value in values]
    return Text(zh="、".join(texts), en=", ".join(texts))


_SENTENCES: Mapping[str, Callable[[Any], Text | None]] = {
    "required": lambda on: Text(zh="必填", en="required") if on else None,
    "unique": lambda on: Text(zh="不重复", en="unique") if on else None,
    "minimum": lambda n: Text(zh=f"不小于 {n}", en=f"at least {n}"),
    "maximum": lambda n: Text(zh=f"不大于 {n}", en=f"at most {n}"),
    "exclusiveMinimum": lambda n: Text(zh=f"大于 {n}", en=f"more than {n}"),
    "exclusiveMaximum": lambda n: Text(zh=f"小于 {n}", en=f"less than {n}"),
    "minLength": lambda n: Text(zh=f"至少 {n} 个字符", en=f"{n} characters or more"),
    "maxLength": lambda n: Text(zh=f"至多 {n} 个字符", en=f"{n} characters or fewer"),
    "pattern": lambda p: Text(zh=f"格式 {p}", en=f"pattern {p}"),
    "enum": lambda values: Text(zh=f"只能是 {_join_values(values).zh}", en=f"one of {_join_values(values).en}"),
}


def describe_limits(constraints: Mapping[str, Any]) -> Text | None:
    """Returns all constraints in one sentence, None if there are none; an unknown constraint appears by its key."""
    sentences = [_describe_limit(key, value) for key, value in constraints.items()]
    kept = [text for text in sentences if text is not None]
    return Text(zh="；".join(text.zh for text in kept), en="; ".join(text.en for text in kept)) if kept else None


def _describe_limit(key: str, value: object) -> Text | None:
    sentence = _SENTENCES.get(key)
    return sentence(value) if sentence else Text(zh=f"{key}：{value}", en=f"{key}: {value}")
