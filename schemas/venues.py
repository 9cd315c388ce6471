"""The settings of venue matching, read from `venues.yaml` into frozen models.

Here: which datasets name venues in which columns, how names are made comparable, the comparisons with their weights, and from which
probability on a pair is proposed. Not here: the comparison itself (`quality/venues`), decisions and identities (`pipelines/venues`).
"""

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from pydantic import ConfigDict, Field, model_validator

from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.text import Text

FILE = Path(__file__).with_name("venues.yaml")


class _SettingsPart(FrozenModel):
    model_config = ConfigDict(ignored_types=(cached_property,))


class VenueSource(_SettingsPart):
    """A dataset that names venues: rows with the same `key` are one venue; the other attributes are names of its columns."""

    dataset: str
    key: tuple[str, ...] = Field(min_length=1)
    name: str
    admin_code: str = "admin_code"
    address: str | None = None
    lon: str | None = None
    lat: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        wanted = (*self.key, self.name, self.admin_code, self.address, self.lon, self.lat)
        return tuple(dict.fromkeys(name for name in wanted if name))


class VenueLink(_SettingsPart):
    """A dataset whose rows name a site in `name` and give its code in `site`: another name of that venue."""

    dataset: str
    name: str
    site: str


class VenueNaming(_SettingsPart):
    """What is replaced in a name, and what is removed from it, before it is compared."""

    spellings: Mapping[str, str]
    noise: tuple[str, ...]
    tenants: tuple[str, ...]
    sports: tuple[str, ...]
    fillers: tuple[str, ...]
    variants: tuple[str, ...]


class ComparisonLevel(_SettingsPart):
    """One outcome of a comparison: the SQL condition over the columns of both records, and how often it holds.

    `m`: among pairs that are one venue, `u`: among pairs that are not. `silent`: nothing can be said, the level has no weight.
    The levels of a comparison are tried in order; the last has no condition.
    """

    text: Text
    when: str | None = None
    silent: bool = False
    m: float = Field(default=0.5, gt=0, lt=1)
    u: float = Field(default=0.5, gt=0, lt=1)


class VenueComparison(_SettingsPart):
    """One comparison of two records, and why it is made."""

    name: str
    reason: str = Field(min_length=1)
    levels: tuple[ComparisonLevel, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _require_a_rest(self) -> "VenueComparison":
        if [level.when is None for level in self.levels].index(True) != len(self.levels) - 1:
            raise ValueError(f"comparison {self.name}: the last level, and no other, has no condition")
        return self


class VenueMatching(_SettingsPart):
    """How pairs are found and scored: blocking rules in SQL, comparisons, the share of pairs that match, and the threshold."""

    blocking: tuple[str, ...] = Field(min_length=1)
    comparisons: tuple[VenueComparison, ...] = Field(min_length=1)
    prior: float = Field(gt=0, lt=1)
    propose_from: float = Field(gt=0, lt=1)


class VenueRules(_SettingsPart):
    """The whole file. `kinds` lists for each kind of venue the words that name it."""

    id_prefix: str = Field(pattern=r"^[A-Z]{2}-V$")
    sources: tuple[VenueSource, ...] = Field(min_length=1)
    links: tuple[VenueLink, ...]
    names: VenueNaming
    kinds: Mapping[str, tuple[str, ...]]
    matching: VenueMatching

    @cached_property
    def kind_words(self) -> tuple[tuple[str, str], ...]:
        """Every word with its kind, longer words first."""
        words = [(word, kind) for kind, found in self.kinds.items() for word in found]
        return tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair)))

    def format_id(self, number: int) -> str:
        """Returns the public id of a venue of that number."""
        return f"{self.id_prefix}{number:06d}"

    def parse_id(self, text: str) -> int | None:
        """Returns the number in a public id; None if it is none."""
        digits = text.strip().upper().removeprefix(self.id_prefix)
        return int(digits) if digits != text.strip().upper() and digits.isascii() and digits.isdigit() else None


@cache
def read_venue_rules(file: Path = FILE) -> VenueRules:
    """Reads the settings, cached; ContractError says what is wrong in the file."""
    try:
        return VenueRules.model_validate(read_yaml(file))
    except ValueError as wrong:
        raise ContractError(Text(zh=f"{file.name} 有误：{wrong}", en=f"{file.name} is wrong: {wrong}")) from wrong
