"""Fixtures of the tests of releases."""

import pytest

from warehouse.layout import Layout


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "数据")
