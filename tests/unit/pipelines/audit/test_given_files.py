"""Words and files are told apart, whatever somebody types."""

import pytest

from pipelines.audit.given_files import find_given_file


def test_a_file_is_found_by_its_path(tmp_path):
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    assert find_given_file(str(tmp_path / "a.csv")) == tmp_path / "a.csv"


@pytest.mark.parametrize("given", ["", "LN-210102-FB01-00001", "x" * 5000, "a\0b", "/", "沈阳" * 200])
def test_what_is_no_file_is_none(given):
    assert find_given_file(given) is None
