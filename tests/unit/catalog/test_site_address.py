import pytest

from catalog.site_address import NOWHERE, SiteAddress, page_path


@pytest.mark.parametrize("stated", ["https://data.example.org/sports", "https://data.example.org/sports/"])
def test_an_address_is_absolute_where_that_of_the_site_is_known(stated):
    assert SiteAddress(stated).address_of("data.json", "../") == "https://data.example.org/sports/data.json"


def test_an_address_is_relative_to_the_document_otherwise():
    assert NOWHERE.address_of("data.json", "../") == "../data.json"
    assert NOWHERE.address_of(page_path("facility", "en")) == "dataset/facility/en/index.html"
