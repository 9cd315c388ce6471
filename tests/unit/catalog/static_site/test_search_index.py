"""The search without a browser finds what the search box finds (`tests/integration/test_search_queries.py` asks the same)."""

import pytest

from catalog.entry import build_entry
from catalog.static_site.search_index import build_index, find_datasets
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    facility, event = facility_contract(), contract_with(["event_id"], name="event", policy={"owner": "dalian"})
    words = {"label_words": ["沈阳市", "体育馆", "Shenyang"], "label_groups": ["沈阳市"]}
    made = [(facility, write_release(folder, facility, PLACES, **words)), (event, write_release(folder, event, []))]
    return build_index([build_entry(contract, release, DEPARTMENTS) for contract, release in made])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", ["facility", "event"]),
        ("  体育场地 ", ["facility"]),
        ("SPORTS AREA", ["facility"]),
        ("shenyang 体育馆", ["facility"]),
        ("sytyg", ["facility"]),
        ("沈阳体育馆", ["facility"]),
        ("沈阳公共体育", ["facility"]),
        ("2026", ["facility", "event"]),
        ("dalian", ["event"]),
        ("ｅｖｅｎｔ＿ｉｄ", ["event"]),
        ("sytyg event", []),
        ("无此数据", []),
    ],
)  # fmt: skip
def test_every_word_must_be_found_as_it_is_spelled_or_by_pinyin_and_initials(index, question, found):
    assert find_datasets(index, question) == found


def test_what_is_named_in_a_title_comes_first_and_then_what_has_most_rows(tmp_path):
    titled = contract_with(["event_id"], name="event", title="沈阳赛事", policy={"owner": "dalian"})
    few, many = (contract_with(["id"], name=name, policy={"owner": "dalian"}) for name in ("few", "many"))
    rows = {"few": [{"id": "1"}], "many": [{"id": "1"}, {"id": "2"}], "event": []}
    entries = [
        build_entry(
            contract, write_release(tmp_path, contract, rows[contract.name], label_words=["沈阳市"]), DEPARTMENTS
        )
        for contract in (few, titled, many)
    ]
    index = build_index(entries)
    assert find_datasets(index, "沈阳") == ["event", "many", "few"]
    assert find_datasets(index, "") == ["few", "event", "many"]
