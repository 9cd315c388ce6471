"""The province of the bureau: its division code, its name, and the box that holds it.

`bureau.yaml` states it (`sportlake: {province: …}`), so that every contract which extends the bureau inherits it; a contract of
another province states its own, and one that states none is of the bureau's. Not here: the rules about places (`quality/rules/places.py`),
the divisions below the province (`codelists/admin_division.csv`).
"""

from functools import cache

from pydantic import Field, model_validator

from schemas.frozen_model import FrozenModel
from schemas.inheritance import PARENTS, read_parent
from schemas.text import Text

Range = tuple[float, float]


class Province(FrozenModel):
    """A province: the first two digits of its division codes (GB/T 2260), and its extent in decimal degrees, lowest first.

    `source` says where the extent comes from. Coordinates of WGS 84 and CGCS2000 are not told apart here.
    """

    code: str = Field(pattern=r"^[1-8]\d$")
    name: Text
    longitudes: Range
    latitudes: Range
    source: str = Field(min_length=1)

    @property
    def admin_code(self) -> str:
        """The division code of the whole province."""
        return f"{self.code}0000"

    @model_validator(mode="after")
    def _require_order(self) -> "Province":
        for (low, high), most in ((self.longitudes, 180), (self.latitudes, 90)):
            if not -most <= low < high <= most:
                raise ValueError(f"province {self.code}: {low} to {high} is no range of degrees, lowest first")
        return self


@cache
def read_bureau_province() -> Province:
    """Returns the province that `bureau.yaml` states."""
    return Province.model_validate(read_parent(PARENTS[0])["sportlake"]["province"])
