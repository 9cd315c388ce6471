"""Rules of every cell, whatever its field: escapes, line ends, invisible characters, blanks, guards, radicals.

They are repeated until none changes the cell, because one may uncover another (a blank behind a guard). Not here: the rules
themselves, rules of a type (`fields`).
"""

from collections.abc import Callable

from pipelines.normalise.blanks import remove_invisible, trim_blanks
from pipelines.normalise.escapes import decode_escapes, unify_line_ends
from pipelines.normalise.guards import unwrap_guard
from pipelines.normalise.radicals import unify_radicals

Rule = Callable[[str], str]
"""Returns a cell in another spelling, or unchanged."""
_TEXT_RULES: tuple[tuple[str, Rule], ...] = (
    ("escape", decode_escapes),
    ("line-ends", unify_line_ends),
    ("invisible", remove_invisible),
    ("blanks", trim_blanks),
    ("guard", unwrap_guard),
    ("radicals", unify_radicals),
)
"""The rules of every field, whatever its type; they are repeated until none changes the cell."""


def clean_text(cell: str) -> tuple[str, str]:
    """Returns the cell after all rules of text, and the slug of the last rule that changed it ("": none did)."""
    why, before = "", None
    while cell != before:
        before = cell
        for slug, rule in _TEXT_RULES:
            cell, why = apply_rule(cell, why, slug, rule)
    return cell, why


def apply_rule(text: str, why: str, slug: str, rule: Rule) -> tuple[str, str]:
    """Returns the text after one rule, and its slug if it changed the text, else `why`."""
    changed = rule(text)
    return changed, slug if changed != text else why
