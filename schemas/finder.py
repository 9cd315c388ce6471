"""How people look for the rows of a dataset that has coordinates: the `finder:` key of a contract.

Here: which field is the name, the type, the division and so on, and where the opening hours are. A dataset with a finder gets a page with
map and list (`catalog/finder`). Not here: the coordinates themselves (`policy.py`), the page.
"""

from collections.abc import Iterator

from pydantic import Field

from schemas.frozen_model import FrozenModel
from schemas.rules.rule_base import Condition


class OpeningKinds(FrozenModel):
    """The field that says of what kind an arrangement is, and the codes of the three kinds."""

    field: str
    regular: str
    adjusted: str
    closed: str


class Opening(FrozenModel):
    """The dataset with the opening hours: one row for one object, one day of the week and one span of hours.

    `key` holds the key of the object. `day` has the codes `1` (Monday) to `7`, and `PH` for public holidays; an empty one means every day.
    On days from `first` to `last` a closure comes before adjusted hours, and these before the regular ones. Only rows for `everyone`
    make a place open now.
    """

    dataset: str
    key: str
    kinds: OpeningKinds
    day: str
    opens: str
    closes: str
    first: str
    last: str
    everyone: Condition
    phone: str | None = None
    notice: str | None = None


class Finder(FrozenModel):
    """Which fields the finder filters by and shows. Only rows that satisfy every condition of `shown_when` are in it.

    `name` must be in a release, or it has no finder; any other field that a release lacks is left out.
    """

    name: str
    title: str | None = Field(default=None, description="field with the name of the site, shown with the name")
    type: str | None = Field(
        default=None, description="coded field; a filter, by the group of its codes where they have one"
    )
    division: str | None = Field(default=None, description="coded field of admin_division; filters by city and county")
    address: str | None = None
    phone: str | None = None
    free: Condition | None = Field(default=None, description="rows that cost nothing, at least at certain times")
    paid: Condition | None = None
    accessible: Condition | None = None
    shown_when: tuple[Condition, ...] = ()
    facts: tuple[str, ...] = Field(default=(), description="further fields that the page of one object shows")
    opening: Opening | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on the dataset's own rows."""
        return (*(one for one in (self.free, self.paid, self.accessible) if one), *self.shown_when)

    @property
    def shown_fields(self) -> tuple[str, ...]:
        """The dataset's own fields that are written for the page, each once, the name first."""
        named = (self.name, self.title, self.type, self.division, self.address, self.phone)
        filters = (one.field for one in (self.free, self.paid, self.accessible) if one)
        return tuple(dict.fromkeys(one for one in (*named, *filters, *self.facts) if one))

    @property
    def named_fields(self) -> frozenset[str]:
        """Every field of the dataset itself that is named here."""
        return frozenset((*self.shown_fields, *(one.field for one in self.conditions)))


def list_opening_fields(opening: Opening) -> Iterator[str]:
    """The fields of the dataset with the opening hours that are named in it."""
    yield from (
        opening.key,
        opening.kinds.field,
        opening.day,
        opening.opens,
        opening.closes,
        opening.first,
        opening.last,
    )
    yield opening.everyone.field
    yield from (one for one in (opening.phone, opening.notice) if one)
