"""The words of the portal's error pages."""

import importlib.util
from pathlib import Path

import pytest

import catalog.ckan

FILE = Path(catalog.ckan.__file__).parent / "portal/ckanext-zhportal/ckanext/zhportal/error_words.py"


@pytest.fixture(scope="module")
def module():
    found = importlib.util.spec_from_file_location("error_words", FILE)
    loaded = importlib.util.module_from_spec(found)
    found.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("code", [403, 404, 410, 500, "404", 418])
def test_every_status_has_a_title_with_its_number_and_something_to_do_next_in_both_languages(module, code):
    zh, en = module.error_page_words(code, True), module.error_page_words(code, False)
    assert zh.keys() == en.keys()
    assert all(zh[key] != en[key] for key in zh)
    assert zh["title"].endswith(f"({code})")
    assert en["next"].endswith(".")


def test_an_error_without_a_status_gets_general_words(module):
    assert module.error_page_words(None, False)["title"] == "This request cannot be handled"
