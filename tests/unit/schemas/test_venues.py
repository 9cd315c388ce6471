import pytest

from schemas.contract import read_contracts
from schemas.errors import ContractError
from schemas.venues import FILE, read_venue_rules


def test_every_source_and_link_names_public_columns_of_a_contract():
    contracts, rules = read_contracts(), read_venue_rules()
    for source in rules.sources:
        assert set(source.columns) <= {field.name for field in contracts[source.dataset].public_fields()}
    for link in rules.links:
        assert {link.name, link.site} <= {field.name for field in contracts[link.dataset].public_fields()}


def test_the_shares_of_the_levels_of_a_comparison_add_up():
    for comparison in read_venue_rules().matching.comparisons:
        for share in ("m", "u"):
            shares = [getattr(level, share) for level in comparison.levels if not level.silent]
            assert sum(shares) == pytest.approx(1, abs=0.07), (comparison.name, share)


def test_an_id_is_read_back_and_anything_else_is_none():
    rules = read_venue_rules()
    assert rules.format_id(12) == "LN-V000012"
    assert rules.parse_id(" ln-v000012 ") == 12
    assert rules.parse_id(rules.format_id(1_234_567)) == 1_234_567
    for wrong in ("", "12", "LN-V", "LN-V-1", "LN-V１２", "LN-Vx"):
        assert rules.parse_id(wrong) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("prior: 0.2", "prior: 2"), ("sources:", "wells:"), ("{zh: 名称不同, en: names differ}", "{zh: 名称不同}")],
)
def test_a_wrong_file_is_refused(tmp_path, old, new):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    wrong = tmp_path / "venues.yaml"
    wrong.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError, match=r"venues\.yaml"):
        read_venue_rules(wrong)
