"""How many people live in an area."""

from schemas.population import count_residents
from schemas.reference_tables import read_reference_tables


def test_an_area_is_named_by_the_leading_digits_of_its_division():
    rows = {row[0]: row[2] for row in read_reference_tables()["population"].rows}
    assert count_residents("21") == rows["210000"]
    assert count_residents("2106") == rows["210600"]


def test_a_county_has_no_figure():
    assert count_residents("210102") is None
