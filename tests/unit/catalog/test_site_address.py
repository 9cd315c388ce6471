import pytest

from catalog.site_address import NOWHERE, SiteAddress, page_path


@pytest.mark.parametrize("stated", ["https://data.example.org/sports", "https://data.example.org/sports/"])
def test_an_address_is_absolute_where_that_of_the_site_is_known(stated):
    assert SiteAddress(stated).file_address("data.json", "../") == "https://data.example.org/sports/data.json"


def test_an_address_is_relative_to_the_document_otherwise():
    assert NOWHERE.file_address("data.json", "../") == "../data.json"
    assert NOWHERE.file_address(page_path("facility", "en")) == "dataset/facility/en/index.html"
