"""One question to several catalogues, where one that cannot answer must not hide what the others say.

Not here: the questions (`publishing.py`), which catalogues there are (`catalogues.py`).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from dagster_project.cli.say import error, say

if TYPE_CHECKING:
    from catalog.plan import Catalogue
    from dagster_project.settings import Settings
    from pipelines.house import House

T = TypeVar("T")


class Asked(NamedTuple, Generic[T]):
    """The answers by catalogue, and the catalogues that gave none."""

    answers: dict[str, T]
    silent: list[str]


def ask_each(
    settings: "Settings", house: "House", names: Sequence[str], question: "Callable[[Catalogue], T]"
) -> Asked[T]:
    """Ask every catalogue; of one that cannot be reached it is said at once why.

    A connection that cannot be used is an error of the caller where it was the only one asked for.
    """
    from dagster_project.catalogues import catalogue_of
    from schemas.errors import CatalogueError, UsageError

    answers: dict[str, T] = {}
    for name in names:
        try:
            answers[name] = question(catalogue_of(house, settings, name))
        except (CatalogueError, UsageError) as wrong:
            if isinstance(wrong, UsageError) and len(names) == 1:
                raise
            say(f"{name}：没有回答", "this catalogue did not answer:")
            error(wrong.text)
    return Asked(answers, [name for name in names if name not in answers])
