"""`compile_late`: the same answers as a compiled expression, and nothing is compiled before it is asked."""

import re

import pytest

from schemas.execution import late_pattern
from schemas.execution.late_pattern import compile_late


def test_it_answers_as_the_compiled_expression_does():
    late, soon = compile_late("(?P<year>[0-9]{4})年", re.IGNORECASE), re.compile("(?P<year>[0-9]{4})年", re.IGNORECASE)
    text = "2025年和2026年"
    assert late.findall(text) == soon.findall(text) == ["2025", "2026"]
    assert late.sub("", text) == soon.sub("", text)
    assert [found.span() for found in late.finditer(text)] == [found.span() for found in soon.finditer(text)]
    assert late.match("x") is None
    assert (late.pattern, late.flags, late.groupindex) == (soon.pattern, soon.flags, soon.groupindex)


def test_it_is_compiled_once_and_only_when_it_is_used(monkeypatch):
    compiled = []
    monkeypatch.setattr(late_pattern.re, "compile", lambda *given: compiled.append(given) or _compile(*given))
    late = compile_late("场馆")
    assert compiled == []
    assert [bool(late.search(text)) for text in ("体育场馆", "赛事")] == [True, False]
    assert late.fullmatch("场馆")
    assert compiled == [("场馆", 0)]


_compile = re.compile


def test_a_wrong_expression_is_an_error_at_its_use():
    late = compile_late("(")
    with pytest.raises(re.error):
        late.search("")
