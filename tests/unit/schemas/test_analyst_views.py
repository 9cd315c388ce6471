"""Views for analysts are files: one that does not parse, or has another name, is named."""

import pytest

from schemas.analyst_views import digest_definitions, read_analyst_views
from schemas.errors import ContractError

GOOD = "name: v\ntitle: {zh: 视图, en: View}\nneeds: {facility: [id]}\ncolumns: {n: {zh: 数, en: Number}}\nsql: SELECT 1 AS n\n"


def test_a_view_says_what_it_is_and_what_it_reads(tmp_path):
    (tmp_path / "v.yaml").write_text(GOOD, encoding="utf-8")
    view = read_analyst_views(tmp_path)["v"]
    assert (view.comment, view.needs, view.parameters, view.columns["n"].en) == (
        "视图 / View",
        {"facility": ("id",)},
        (),
        "Number",
    )


@pytest.mark.parametrize("wrong", ["name: w", "name: [", "needs: 1", "- v", "{name: v, other: 1}"])
def test_a_file_that_is_wrong_is_named(tmp_path, wrong):
    (tmp_path / "v.yaml").write_text(GOOD.replace("name: v", wrong) if wrong == "name: w" else wrong, encoding="utf-8")
    with pytest.raises(ContractError, match=r"v\.yaml"):
        read_analyst_views(tmp_path)


def test_the_digest_follows_content_and_names(tmp_path):
    (tmp_path / "v.yaml").write_text(GOOD, encoding="utf-8")
    first = digest_definitions(tmp_path)
    assert digest_definitions(tmp_path) == first
    (tmp_path / "v.yaml").rename(tmp_path / "w.yaml")
    renamed = digest_definitions(tmp_path)
    (tmp_path / "w.yaml").write_text(GOOD + "\n", encoding="utf-8")
    assert len({first, renamed, digest_definitions(tmp_path)}) == 3
