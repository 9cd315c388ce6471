"""Regular expressions that are compiled when they are first used.

Python takes 1 to 4 ms for one with ranges of Chinese characters or a long list of words, and a command needs few of them. Not here: the
expressions.
"""

import re
from functools import cached_property
from typing import Any, cast


def compile_late(pattern: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """Returns what stands for `re.compile(pattern, flags)`; a wrong expression is an error (`re.error`) at its first use.

    Its methods and attributes are those of the compiled expression. Functions of `re` do not take it in place of one.
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))


class _LatePattern:
    def __init__(self, pattern: str, flags: int | re.RegexFlag) -> None:
        self._arguments = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._arguments)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the compiled expression has
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # the next time it is found without this detour
        return found
