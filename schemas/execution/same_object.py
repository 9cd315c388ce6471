"""Keys of caches for frozen objects that have no hash, or one that costs as much as what is cached.

Contracts, fields and code lists are read once in a process and never change. Not here: any cache.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class SameObject(Generic[T]):
    """A frozen object as a key: equal only to a key of the very same object. It keeps the object alive."""

    it: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameObject) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)
