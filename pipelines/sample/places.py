"""The fourteen cities of the sample: the number of facilities of each, and its approximate position.

Centres are rounded to 0.01 degrees; counties are placed at random around them, inland. No point is surveyed: all are invented.
"""

from dataclasses import dataclass

from pipelines.sample.random_values import RandomSource


@dataclass(frozen=True)
class SampleCity:
    """The area of one city bureau: centre, and the box (degrees from it) in which its counties are placed."""

    code: str
    facilities: int
    lon: float
    lat: float
    west: float
    east: float
    south: float
    north: float


CITIES = (
    SampleCity("210100", 3400, 123.43, 41.80, -0.25, 0.25, -0.15, 0.45),
    SampleCity("210200", 3000, 121.70, 39.02, 0.10, 0.60, 0.20, 0.75),
    SampleCity("210300", 1700, 122.99, 41.11, -0.20, 0.25, -0.45, 0.15),
    SampleCity("210400", 1000, 123.95, 41.88, -0.10, 0.80, -0.15, 0.25),
    SampleCity("210500", 850, 123.77, 41.29, -0.10, 1.00, -0.15, 0.10),
    SampleCity("210600", 1150, 124.38, 40.15, -0.50, 0.30, 0.10, 0.50),
    SampleCity("210700", 1350, 121.13, 41.12, -0.10, 0.90, 0.05, 0.40),
    SampleCity("210800", 1200, 122.40, 40.62, 0.02, 0.30, -0.15, 0.10),
    SampleCity("210900", 900, 121.67, 42.02, -0.15, 0.80, -0.10, 0.35),
    SampleCity("211000", 850, 123.17, 41.27, -0.10, 0.35, -0.15, 0.15),
    SampleCity("211100", 850, 122.07, 41.14, -0.15, 0.25, 0.02, 0.20),
    SampleCity("211200", 1250, 123.84, 42.29, -0.10, 0.60, 0.02, 0.60),
    SampleCity("211300", 1400, 120.45, 41.57, -0.70, 0.40, -0.35, 0.45),
    SampleCity("211400", 1100, 120.75, 40.78, -0.75, -0.05, -0.25, 0.20),
)


def county_centre(city: SampleCity, county: str) -> tuple[float, float]:
    """Returns longitude and latitude around which the facilities of a county lie, the same at every call."""
    chance = RandomSource.seeded_by("county", county)
    near = 0.25 if county[4] == "0" else 1.0
    return (
        city.lon + near * chance.uniform(city.west, city.east),
        city.lat + near * chance.uniform(city.south, city.north),
    )
