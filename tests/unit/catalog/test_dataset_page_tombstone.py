from datetime import date

import pytest

from catalog.dataset_page import tombstone_view
from catalog.site_state import RetiredDataset
from schemas.text import Text

TITLE, OTHER = Text(zh="赛事", en="Events"), Text(zh="体育场地", en="Facilities")
GONE = RetiredDataset(
    title=TITLE,
    release="2026.11.1",
    synthetic=True,
    reason=Text(zh="有误", en="wrong"),
    on=date(2026, 11, 25),
    successor="facility",
)


@pytest.mark.parametrize(
    ("lang", "title", "page"),
    [
        ("zh", "赛事", "../../dataset/facility/index.html"),
        ("en", "Events", "../../../dataset/facility/en/index.html"),
    ],
)
def test_the_successor_is_linked_in_the_language_of_the_page(lang, title, page):
    view = tombstone_view(GONE, {"facility": OTHER}, lang)
    assert (view["title"], view["successor_page"], view["successor_title"]) == (title, page, OTHER)
    assert (view["last"], view["day_of"], view["synthetic"]) == ("2026.11.1", date(2026, 11, 25), True)


def test_a_successor_that_has_no_page_here_is_named_and_not_linked():
    view = tombstone_view(GONE, {}, "zh")
    assert (view["successor"], view["successor_page"], view["successor_title"]) == ("facility", None, None)


def test_without_a_decision_there_is_nothing_to_say_but_the_last_release():
    view = tombstone_view(RetiredDataset(title=TITLE, release="1", synthetic=False), {"facility": OTHER}, "en")
    assert {view[name] for name in ("reason", "day_of", "successor", "successor_page")} == {None}
