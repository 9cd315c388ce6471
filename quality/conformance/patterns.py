r"""A Python regular expression as an RE2 expression that accepts nothing more, so that Arrow can accept cells by it.

The RE2 source is written from Python's own parse tree, never passed through: `{,3}`, `\Z` or `[[:alpha:]]` differ in meaning
between the two. Only monotone parts are translated: `\d`, `\w`, `\s` are ASCII in RE2 and Unicode in Python, so RE2 accepts
less, which is harmless, but not inside `[^...]`. A pattern with anything else is left to frictionless, once per distinct text.

Source: frictionless-py 5.21 `frictionless/schema/field.py` (a pattern is matched as `^pattern$`); RE2 syntax of Arrow 26.
"""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

_parser = import_module("re._parser")
_op = import_module("re._constants")

_SURROGATES = range(0xD800, 0xE000)
MOST_REPEATS = 200
"""RE2 refuses large counted repeats; this is far below its limit."""

_CATEGORIES = {
    _op.CATEGORY_DIGIT: "0-9",
    _op.CATEGORY_WORD: "0-9A-Za-z_",
    _op.CATEGORY_SPACE: r" \t\n\r\f\x0b",
}
_ANCHORS = {
    _op.AT_BEGINNING: r"\A",
    _op.AT_BEGINNING_STRING: r"\A",
    # Python's $ also matches before a trailing line end; RE2 then only suspects a valid cell.
    _op.AT_END: r"\z",
    _op.AT_END_STRING: r"\z",
}


class _Untranslatable(Exception):
    """A part that RE2 lacks, or reads differently."""


def to_re2(pattern: str) -> str | None:
    """Returns RE2 source that matches only cells which the constraint `pattern` accepts; None if there is none."""
    try:
        tree = _parser.parse(f"^{pattern}$")
        if tree.state.flags & ~re.UNICODE:
            return None
        return "^(?:" + _emit_tree(tree) + ")"
    except (re.error, _Untranslatable, OverflowError, RecursionError):
        return None


def _emit_tree(tree: Iterable[tuple[Any, Any]]) -> str:
    out = []
    for op, argument in tree:
        if op not in _EMITTERS:
            raise _Untranslatable(str(op))
        out.append(_EMITTERS[op](argument))
    return "".join(out)


def _emit_character(code: int) -> str:
    if code in _SURROGATES:
        raise _Untranslatable("surrogate")
    return rf"\x{{{code:x}}}"


def _emit_set(members: list[tuple[Any, Any]]) -> str:
    negated = members[0][0] is _op.NEGATE
    parts = [_emit_set_member(op, argument, negated=negated) for op, argument in members[negated:]]
    return "[" + "^" * negated + "".join(parts) + "]"


def _emit_set_member(op: object, argument: Any, *, negated: bool) -> str:  # noqa: ANN401 - whatever the parse tree holds
    if op is _op.LITERAL:
        return _emit_character(argument)
    if op is _op.RANGE:
        return _emit_character(argument[0]) + "-" + _emit_character(argument[1])
    if op is _op.CATEGORY and not negated and argument in _CATEGORIES:
        return _CATEGORIES[argument]
    raise _Untranslatable(str(op))


def _emit_branches(argument: tuple[Any, list[Any]]) -> str:
    return "(?:" + "|".join(_emit_tree(branch) for branch in argument[1]) + ")"


def _emit_group(argument: tuple[Any, int, int, Any]) -> str:
    _, added, removed, part = argument
    if added or removed:
        raise _Untranslatable("flags")
    return "(?:" + _emit_tree(part) + ")"


def _emit_repeat(argument: tuple[int, Any, Any]) -> str:
    low, high, part = argument
    endless = high is _op.MAXREPEAT
    if low > MOST_REPEATS or (not endless and high > MOST_REPEATS):
        raise _Untranslatable("repeat")
    return f"(?:{_emit_tree(part)}){{{low},{'' if endless else high}}}"


def _emit_anchor(place: object) -> str:
    if place not in _ANCHORS:
        raise _Untranslatable(str(place))
    return _ANCHORS[place]


_EMITTERS: dict[object, Callable[[Any], str]] = {
    _op.LITERAL: _emit_character,
    _op.NOT_LITERAL: lambda code: f"[^{_emit_character(code)}]",
    _op.ANY: lambda _: r"[^\n]",
    _op.IN: _emit_set,
    _op.BRANCH: _emit_branches,
    _op.SUBPATTERN: _emit_group,
    _op.MAX_REPEAT: _emit_repeat,
    _op.MIN_REPEAT: _emit_repeat,
    _op.AT: _emit_anchor,
}
