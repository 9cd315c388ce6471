from datetime import date

import pytest

from catalog.site_state import RetiredDataset, ShownDataset, SiteState, read_state
from schemas.errors import CatalogueError
from schemas.text import Text

TITLE = Text(zh="体育场地", en="Facilities")


def test_what_was_written_is_read_again(tmp_path):
    shown = ShownDataset(fingerprint="f", release="2026.11.1", title=TITLE, synthetic=True, files={"a": "0" * 64})
    state = SiteState(
        look="l",
        site={"index.html": "1" * 64},
        shown={"facility": shown},
        retired={
            "old": RetiredDataset(title=TITLE, release="1", synthetic=False),
            "taken_back": RetiredDataset(
                title=TITLE, release="2", synthetic=True, reason=TITLE, on=date(2026, 11, 25), successor="facility"
            ),
        },
    )
    file = tmp_path / "state.json"
    file.write_text(state.to_json(), encoding="utf-8")
    assert read_state(file) == state


def test_no_file_is_the_state_of_an_empty_site(tmp_path):
    assert read_state(tmp_path / "state.json") == SiteState()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"surprise": 1}'])
def test_a_file_that_somebody_wrote_in_is_refused_with_the_next_move(tmp_path, content):
    file = tmp_path / "state.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match="delete it and publish again"):
        read_state(file)
