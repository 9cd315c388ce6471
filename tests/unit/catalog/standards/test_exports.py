"""Every export names only what is published, translates every code, and is written item by item."""

import json
import re

import pytest

from catalog.entry import build_entry
from catalog.standards.exports import ExportSource, find_exports, offered_exports, read_exports
from catalog.standards.row_mapping import KINDS
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from support.exports import export_document, find_export, real_entry
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

CONTRACTS = read_contracts()
EVENT = {"event_id": "EV-2026-210100-0001", "event_name": "示例徒步大会", "start_date": "2026-09-12", "place": "示例公园", "status": "scheduled"}  # fmt: skip
EVENTS = find_export("event")
KEYS = {
    **{name: {name} for name in KINDS},
    "code": {"code", "is"},
    "joined": {"joined", "with"},
    "when": {"when", "filled", "then"},
    "filled": {"filled", "then"},
    "rows": {"rows", "match", "where", "distinct", "item"},
    "merged": {"merged", "required"},
}
FACTS = re.compile(r"entry_\w+")


def values_in(stated, tables):
    """(tables of the row, the innermost last; kind; stated) of every value of a mapping."""
    if isinstance(stated, str):
        yield tables, "text", stated
    elif isinstance(stated, list):
        for part in stated:
            yield from values_in(part, tables)
    elif isinstance(stated, dict):
        first = next(iter(stated))
        if first in KINDS:
            yield tables, first, stated
        inner = (*tables, stated["rows"]) if first == "rows" else tables
        for key, part in stated.items():
            if first not in KINDS or (
                key in {"item", "then", "merged", "first", "joined"} and not isinstance(part, str)
            ):
                yield from values_in(part, inner)
            elif key in {"item", "then"}:
                yield inner, "text", part


def columns_of(table):
    if table.startswith("codelist_"):
        assert table.removeprefix("codelist_") in open_codelists()
        return {"code", "zh", "en"}
    return {field.name for field in CONTRACTS[table].public_fields()}


def named_columns(kind, stated):
    match kind:
        case "text":
            return set(re.findall(r"\{(\w+)\}", stated))
        case "urn":
            return {stated["urn"][1]}
        case "when" | "filled":
            return {*stated.get("when", {}), *stated.get("filled", ())}
        case "rows":
            return set(stated["match"].values())
        case "number" | "date" | "time" | "url" | "money" | "code":
            return {stated[kind]}
        case _:
            return set()


@pytest.mark.parametrize("export", read_exports(), ids=lambda export: export.path)
def test_every_column_of_an_export_is_published_and_every_code_is_mapped(export):
    codelists = open_codelists()
    assert columns_of(export.dataset) >= {*export.where, *([export.distinct] if export.distinct else [])}
    for tables, kind, stated in values_in(export.item, (export.dataset,)):
        reachable = set().union(*(columns_of(table) for table in tables))
        assert {name for name in named_columns(kind, stated) if not FACTS.fullmatch(name)} <= reachable, stated
        if kind != "text":
            assert stated.keys() <= KEYS[kind], stated
        if kind == "rows":
            theirs = columns_of(stated["rows"])
            assert {*stated["match"], *stated.get("where", {})} <= theirs, stated
            assert stated.get("distinct") in {None, *theirs}, stated
        if kind == "code":
            table = [one for one in tables if stated["code"] in columns_of(one)][-1]
            codes = codelists[CONTRACTS[table].get_field(stated["code"]).policy.codelist].labels.keys()
            allowed = {"0", "1"} if codes == {"0", "1", "2"} else codes
            assert {str(code) for code in stated["is"]} == allowed, stated


def test_exports_have_addresses_of_their_own_and_texts_in_both_languages():
    assert len({one.path for one in read_exports()}) == len(read_exports()) == 5
    assert all(one.title.zh and one.title.en for one in read_exports())
    assert all(not any("rows" in str(export.item[key])[:8] for key in export.required) for export in read_exports())


def test_a_dataset_without_an_item_offers_no_export(tmp_path):
    event = real_entry(tmp_path, "event", [{**EVENT, "start_date": ""}])
    assert offered_exports([event], tmp_path) == []
    assert find_exports("association") == ()
    assert offered_exports([real_entry(tmp_path / "two", "event", [EVENT])], tmp_path / "two") == [EVENTS]


def test_a_release_of_an_older_contract_without_the_columns_offers_no_export(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert offered_exports([entry], tmp_path) == []


def test_each_item_is_a_line_of_its_own(tmp_path):
    rows = [{**EVENT, "event_id": f"EV-2026-210100-{number:04}"} for number in range(1, 4)]
    source = ExportSource({"event": real_entry(tmp_path, "event", rows)}, tmp_path)
    parts = list(source.write_document(EVENTS))
    assert len(parts) == 1 + 3 + 1
    assert [json.loads(part.strip(",\n"))["identifier"] for part in parts[1:-1]] == [row["event_id"] for row in rows]


def test_the_key_changes_with_the_data_and_the_mapping_only(tmp_path):
    source = ExportSource({"event": real_entry(tmp_path / "one", "event", [EVENT])}, tmp_path / "one")
    key = source.content_key(EVENTS)
    other = real_entry(tmp_path / "one", "association", [])
    assert ExportSource({**source.entries, "association": other}, source.releases).content_key(EVENTS) == key
    changed = real_entry(tmp_path / "two", "event", [{**EVENT, "status": "cancelled"}])
    assert ExportSource({"event": changed}, tmp_path / "two").content_key(EVENTS) != key
    assert source.content_key(EVENTS.model_copy(update={"source": EVENTS.source + " "})) != key


def test_hostile_values_stay_values_and_cannot_end_a_script(tmp_path):
    hostile = '</script><script>alert("1")</script>\u202e\u0007{event_id}\\'
    [event] = export_document(tmp_path, "event", event=[{**EVENT, "event_name": hostile, "place": "a\nb"}])[
        "dataFeedElement"
    ]
    assert (event["name"], event["location"]["name"]) == (hostile, "a\nb")
    source = ExportSource({"event": real_entry(tmp_path / "two", "event", [{**EVENT, "event_name": hostile}])}, tmp_path / "two")  # fmt: skip
    written = "".join(source.write_document(EVENTS))
    assert "<" not in written
    assert "\u0007" not in written


def test_an_address_that_is_not_of_the_web_is_left_out(tmp_path):
    rows = [
        {**EVENT, "fee_cny": 50, "registration_url": address}
        for address in ("javascript:alert(1)", "https://example.org/a?b=1")
    ]
    first, second = export_document(tmp_path, "event", event=rows)["dataFeedElement"]
    assert "url" not in first["offers"]
    assert second["offers"]["url"] == "https://example.org/a?b=1"


@pytest.mark.parametrize("export", read_exports(), ids=lambda export: export.path)
def test_sample_data_say_so_and_every_document_names_its_licence(tmp_path, export):
    for synthetic in (True, False):
        folder = tmp_path / str(synthetic)
        entry = real_entry(folder, export.dataset, [], synthetic=synthetic)
        document = "".join(ExportSource({export.dataset: entry}, folder).write_document(export))
        assert ("synthetic sample data" in document) == synthetic
        assert json.loads(document)["license"] == entry.licence.path
