"""Stand-ins for frictionless's fields, made from a contract. Frictionless and its fields are loaded only when the first cell is suspect.

Loading frictionless and reading a schema takes a fifth of the time of checking a small file, and a file without a suspect cell needs
neither: its predicates are made from what the contract says. A field stands for frictionless's only if all its properties are among
those of `_PLAIN` and `_CONSTRAINTS`; any other field is frictionless's own from the start. Not here: the predicates (`predicates.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frictionless import Field, Schema

_PLAIN = frozenset({"name", "type", "title", "description", "example", "constraints", "sportlake"})
_CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "string": ("required", "minLength", "maxLength", "pattern"),
    "integer": ("required", "minimum", "maximum"),
    "number": ("required", "minimum", "maximum"),
    "date": ("required",),
}
"""The constraints of each type that predicates decide; `unique` is no constraint of a single cell. Source: frictionless-py 5.21."""
_LIMITS: Mapping[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float)}
"""The types of limits that frictionless takes as they are written."""


class DeferredField:
    """One field, with the attributes that predicates use; any other attribute is looked up in frictionless's own field, which is then loaded."""

    format = "default"
    bare_number = True

    def __init__(
        self, described: Mapping[str, Any], missing_values: Sequence[str], load: Callable[[], "Field"]
    ) -> None:
        self.name: str = described["name"]
        self.type: str = described["type"]
        self.constraints: Mapping[str, Any] = described.get("constraints", {})
        self.supported_constraints = _CONSTRAINTS[self.type]
        self.missing_values = missing_values
        self._defined, self._load = [*described], load

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever frictionless's field has
        return getattr(self._load(), name)

    @property
    def schema(self) -> None:
        """None: `missing_values` are already those of the schema."""

    def list_defined(self) -> list[str]:
        """Returns the names of the properties that the contract gives."""
        return self._defined

    def has_defined(self, name: str) -> bool:
        """Returns whether the contract gives the field that property itself."""
        return name in self._defined

    def create_value_reader(self) -> Callable[[Any], Any]:
        """Returns the reader of limits; a limit that is no number of the field's type is read by frictionless."""

        def read(limit: Any) -> Any:  # noqa: ANN401 - a limit of any type
            return limit if type(limit) in _LIMITS.get(self.type, ()) else self._load().create_value_reader()(limit)

        return read


def defer_fields(described: Mapping[str, Any], load: Callable[[], "Schema"]) -> "list[DeferredField | Field]":
    """Returns the fields of a Table Schema descriptor, in order; `load` returns frictionless's schema of it and is called once at most.

    Frictionless's errors about a wrong schema are raised when it is loaded.
    """
    loaded: list[Schema] = []

    def find_field(at: int) -> "Field":
        if not loaded:
            loaded.append(load())
        return loaded[0].fields[at]

    missing = described.get("missingValues", [""])
    return [
        DeferredField(field, missing, partial(find_field, at)) if _is_plain(field, missing) else find_field(at)
        for at, field in enumerate(described["fields"])
    ]


def _is_plain(field: Mapping[str, Any], missing: object) -> bool:
    limits = {**field.get("constraints", {})}
    return (
        field.keys() <= _PLAIN
        and field.get("type") in _CONSTRAINTS
        and limits.keys() - {"unique"} <= {*_CONSTRAINTS[field["type"]]}
        and isinstance(missing, list)
        and all(isinstance(text, str) for text in missing)
    )
