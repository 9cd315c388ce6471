"""Named values that are read when they are first looked up, so that a caller who needs one file of a folder need not wait for all.

An error in a file is raised only when that file is looked up, or when all are iterated. Not here: what is read (`schemas/contract.py`,
`schemas/codelists.py`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

Value = TypeVar("Value")


class ReadOnDemand(Mapping[str, Value]):
    """Values by name. Looking a name up, or asking whether it is there, reads no other value; going through them reads all.

    Args:
        names: the names that exist, in an order of their own.
        read: returns the value of a name; what it raises is raised by the look-up.
        order: returns the names in the order of iteration, for which it may look at every value.
    """

    def __init__(
        self,
        names: Collection[str],
        read: Callable[[str], Value],
        order: Callable[[Mapping[str, Value]], Iterable[str]] = tuple,
    ) -> None:
        self._names, self._read, self._sort = dict.fromkeys(names), read, order
        self._known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(self._sort({name: self[name] for name in self._names}))
