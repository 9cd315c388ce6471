"""The judge of cells: types, constraints, keys, labels. frictionless decides; a sieve spares it what is surely good.

`conform` takes the text table of a dataset with a contract, `conform_file` a file with any plain Frictionless descriptor;
`docs/conformance.md` shows the rooms. Not here: rules between the cells of a row (`quality/rules`), expectations of the table
(`quality/expectations.py`).

What is offered here is imported when it is asked for: `plainly.py` does without frictionless, whose import takes most of a small
file's time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quality.conformance.cells import Conformed, conform, conform_typed
    from quality.conformance.file import FileConformance, conform_file
    from quality.conformance.sieve import Overflow

__all__ = ["Conformed", "FileConformance", "Overflow", "conform", "conform_file", "conform_typed"]

_HOMES = {
    "Conformed": "cells",
    "conform": "cells",
    "conform_typed": "cells",
    "FileConformance": "file",
    "conform_file": "file",
    "Overflow": "sieve",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
