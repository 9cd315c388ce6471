"""Reference tables: figures of others, with their source."""

import pytest

from schemas.codelists import read_codelist
from schemas.errors import ContractError
from schemas.reference_tables import FOLDER, read_reference_tables


def test_the_population_of_the_cities_adds_up_to_that_of_the_province():
    table = read_reference_tables()["population"]
    people = {code: number for code, year, number, *_ in table.rows if year == 2020 and code.endswith("00")}
    assert "第七次全国人口普查" in table.source
    assert len(people) == 15
    assert people.pop("210000") == sum(people.values()) == 42_591_407


def test_every_division_of_the_population_is_in_the_code_list():
    table = read_reference_tables()["population"]
    assert {row[0] for row in table.rows} <= set(read_codelist("admin_division").labels)
    assert len({row[:2] for row in table.rows}) == len(table.rows)


def test_every_figure_says_how_it_was_checked_and_names_the_bulletin_that_was_seen():
    table = read_reference_tables()["population"]
    for code, _, _, source, evidence in table.rows:
        assert evidence in {"official", "reprint", "quoted", "rounded", "total"}, code
        assert bool(source) == (evidence in {"official", "reprint"}), code


def test_a_bulletin_that_was_seen_of_a_city_or_a_county_is_of_that_place():
    names = read_codelist("admin_division").labels
    for code, _, _, source, _ in read_reference_tables()["population"].rows:
        assert not source or source.startswith((names[code].zh, names[f"{code[:4]}00"].zh)), code


def test_counties_do_not_exceed_their_city():
    people = {row[0]: row[2] for row in read_reference_tables()["population"].rows}
    cities = {code for code in people if code.endswith("00") and not code.endswith("0000")}
    for city in cities:
        assert sum(n for code, n in people.items() if code[:4] == city[:4] and code != city) <= people[city]


@pytest.mark.parametrize(
    "content",
    [None, "", "admin_code,year\n", "admin_code,year,population,source,evidence\n210100,2020,九百万,,total\n"],
)
def test_a_table_that_does_not_parse_is_named(tmp_path, content):
    (tmp_path / "population.yaml").write_text(
        (FOLDER / "population.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    if content is not None:
        (tmp_path / "population.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match="population"):
        read_reference_tables(tmp_path)


def test_an_empty_cell_is_none(tmp_path):
    (tmp_path / "population.yaml").write_text(
        (FOLDER / "population.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "population.csv").write_text(
        "admin_code,year,population,source,evidence\n210100,2020,,,\n", encoding="utf-8"
    )
    assert read_reference_tables(tmp_path)["population"].rows == (("210100", 2020, None, None, None),)
