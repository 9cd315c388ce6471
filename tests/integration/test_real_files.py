"""Files as their publishers released them, through the whole walk on contracts written for them (`contracts/`).

What is right is worked out anew here from the files with nothing but `csv` and `json`. The files are not part of the
project: they lie in `../shared/data/real` beside it, and without them these tests fail.
"""

import csv
import io
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import html5lib
import pytest

from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from schemas.contract import read_contracts
from schemas.slices import SliceKey
from support.walked import publish_all, release_all, released_rows, rows_with_errors, take_all
from support.workspaces import workspace_with
from warehouse.releases.releases import Release

REAL = Path(__file__).parents[3] / "shared" / "data" / "real"
CONTRACTS = Path(__file__).parent / "contracts"
FILES = {
    "hk_venue": "hk_sports_venues.geojson",
    "trafford_facility": "trafford_sports_facilities.csv",
    "trafford_pool": "trafford_swimming_pools.csv",
    "trafford_hall": "trafford_sports_hall.csv",
    "trafford_club": "trafford_sports_clubs.csv",
}
PHONE = re.compile(r"\d{4} ?\d{4}( ?/ ?\d{4} ?\d{4})*")


@dataclass(frozen=True)
class Walked:
    """The installation after the walk, and what came out of it, by dataset."""

    workspace: Workspace
    receipts: dict[str, Receipt]
    releases: dict[str, Release]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    workspace = workspace_with(tmp_path_factory.mktemp("real"), *read_contracts(CONTRACTS).values())
    for dataset, name in FILES.items():
        target = workspace.layout.inbox / "lnsports" / f"{dataset}_2025_{name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_real(name), target)
    receipts = {receipt.dataset: receipt for receipt in take_all(workspace).values()}
    releases = release_all(workspace)
    publish_all(workspace)
    return Walked(workspace, receipts, releases)


def _real(name: str) -> Path:
    path = REAL / name
    if not path.is_file():
        pytest.fail(f"the real file {name} is missing: a copy of shared/ must lie beside the project ({REAL})")
    return path


def rows_of(dataset: str) -> dict[int, dict[str, object]]:
    """The rows of a real file by the number that a person sees (header = 1)."""
    path = _real(FILES[dataset])
    if path.suffix == ".geojson":
        found = [feature["properties"] for feature in json.loads(path.read_bytes())["features"]]
    else:
        found = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
    return dict(enumerate(found, start=2))


def defective(dataset: str) -> set[int]:
    """The rows that the contract's own sentences cannot accept, found without any of our judges."""
    rows, judges = rows_of(dataset), {"hk_venue": _no_venue, "trafford_club": _no_club, "trafford_pool": _no_pool}
    if dataset in judges:
        return {number for number, row in rows.items() if judges[dataset](row)} | _named_twice(dataset, rows)
    return {number for number, row in rows.items() if row["telephone"].replace(" ", "").strip("0") == ""}


def _no_venue(row):
    counts = [str(row[f"No__of_Basketball_Courts_{edition}"]) for edition in ("EN", "TC")]
    calls = [
        row[f"NSEARCH0{at}_{edition}"]
        for at in (3, 4)
        for edition in ("EN", "TC")
        if row.get(f"NSEARCH0{at}_{edition}")
    ]
    odd = any(call != "N.A." and not PHONE.fullmatch(call) for call in calls)
    return odd or "<" in row["ADDRESS_EN"] or not all(count.isdigit() for count in counts)


def _no_club(row):
    return "," in row["category"] or "," not in row["address"]


def _no_pool(row):
    return row["lanes_total"] == "0"


def _named_twice(dataset, rows):
    if dataset != "hk_venue":
        return set()
    names = [row["NAME_TC"] for row in rows.values()]
    return {number for at, number in enumerate(rows) if names[at] in names[:at]}


@pytest.mark.parametrize("dataset", FILES)
def test_every_row_is_accepted_or_held_back(walked, dataset):
    receipt = walked.receipts[dataset]
    assert receipt.outcome == "hold_back"
    assert receipt.rows == len(rows_of(dataset))
    assert receipt.accepted + receipt.held_back == receipt.rows


@pytest.mark.parametrize("dataset", FILES)
def test_exactly_the_rows_with_real_defects_are_held_back_each_with_its_finding(walked, dataset):
    receipt = walked.receipts[dataset]
    assert rows_with_errors(receipt) == defective(dataset)
    assert receipt.held_back == len(defective(dataset)) > 0
    assert all(finding.message.zh and finding.message.en for finding in receipt.findings)


@pytest.mark.parametrize("dataset", FILES)
def test_the_lake_holds_the_accepted_rows_and_no_other(walked, dataset):
    contract = walked.workspace.contracts[dataset]
    there = walked.workspace.lake.read_slice(contract, SliceKey(dataset=dataset, department="lnsports", period="2025"))
    key = list(contract.primary_key)
    good = {tuple(row[k] for k in key) for number, row in rows_of(dataset).items() if number not in defective(dataset)}
    assert {tuple(row.values()) for row in there.select(key).to_pylist()} == good
    assert there.num_rows == walked.receipts[dataset].accepted


@pytest.mark.parametrize("dataset", FILES)
def test_a_release_carries_the_accepted_rows_and_no_protected_field(walked, dataset):
    made = walked.releases[dataset]
    rows = released_rows(walked.workspace, dataset, made.number)
    assert len(rows) == made.rows == walked.receipts[dataset].accepted
    contract = walked.workspace.contracts[dataset]
    assert [field.name for field in contract.public_fields()] == [
        name for name in rows[0] if name not in {"department", "department_name", "department_name_en", "period"}
    ]
    if dataset.startswith("trafford") and dataset != "trafford_club":
        assert "email" not in rows[0]


@pytest.mark.parametrize("dataset", ["trafford_facility", "trafford_hall", "trafford_pool"])
def test_no_protected_value_is_anywhere_in_what_goes_out(walked, dataset):
    assert list(walked.workspace.contracts[dataset].policy.disclosure.protected) == ["email"]
    emails = {str(row["email"]).encode() for row in rows_of(dataset).values()} - {b"NA", b""}
    layout = walked.workspace.layout
    public = [
        layout.releases / dataset,
        layout.catalogue / "dataset" / dataset,
        layout.catalogue / "releases" / dataset,
    ]
    files = [path for folder in public for path in folder.rglob("*") if path.is_file()]
    assert emails
    assert {f"{dataset}.csv", "index.html"} <= {path.name for path in files}
    assert [path.name for path in files if any(email in path.read_bytes() for email in emails)] == []


@pytest.mark.parametrize("dataset", FILES)
def test_the_catalogue_has_a_page_in_both_languages(walked, dataset):
    folder = walked.workspace.layout.catalogue / "dataset" / dataset
    title = walked.workspace.contracts[dataset].title
    assert title.zh in (folder / "index.html").read_text(encoding="utf-8")
    assert title.en in (folder / "en" / "index.html").read_text(encoding="utf-8")


def test_chinese_text_comes_out_as_it_went_in(walked):
    rows = {row["NAME_EN"]: row for number, row in rows_of("hk_venue").items() if number not in defective("hk_venue")}
    made = walked.releases["hk_venue"]
    for row in released_rows(walked.workspace, "hk_venue", made.number):
        for name in ("NAME_TC", "ADDRESS_TC", "SEARCH01_TC"):
            assert row[name] == rows[row["NAME_EN"]][name].strip()


def test_dates_of_every_spelling_are_dates_in_the_lake(walked):
    venues = walked.workspace.lake.read_current(walked.workspace.contracts["hk_venue"])
    seen = dict(zip(venues["NAME_EN"].to_pylist(), venues["LASTUPDATE"].to_pylist(), strict=True))
    assert seen["North District Sports Ground"].isoformat() == "2022-01-11T11:33:00"
    assert max(at for at in seen.values() if at).isoformat() == "2022-10-31T15:43:00"
    facilities = walked.workspace.lake.read_current(walked.workspace.contracts["trafford_facility"])
    days = set(facilities["site_last_updated_date"].to_pylist())
    assert date(2025, 9, 19) in days
    assert all(isinstance(day, date) for day in days)


@pytest.mark.parametrize(
    ("dataset", "fields"),
    [
        ("trafford_facility", ("telephone", "email", "website", "disability_notes")),
        ("trafford_hall", ("telephone", "website")),
        ("trafford_pool", ("email",)),
    ],
)
def test_what_the_publisher_writes_for_nothing_is_nothing(walked, dataset, fields):
    there = walked.workspace.lake.read_current(walked.workspace.contracts[dataset])
    for name in fields:
        good = [row for number, row in rows_of(dataset).items() if number not in defective(dataset)]
        assert there[name].null_count == sum(row[name] == "NA" for row in good)


def test_words_of_three_states_stay_words(walked):
    halls = walked.workspace.lake.read_current(walked.workspace.contracts["trafford_hall"])
    good = [row for number, row in rows_of("trafford_hall").items() if number not in defective("trafford_hall")]
    assert Counter(halls["floor_matting"].to_pylist()) == Counter(row["floor_matting"] for row in good)
    assert set(halls["floor_matting"].to_pylist()) == {"Yes", "No", "Not Known"}


def test_mark_up_in_cells_stays_text_on_the_page(walked):
    page = (walked.workspace.layout.catalogue / "dataset" / "hk_venue" / "index.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    marked = [str(row.get("NSEARCH01_TC", "")) for row in rows_of("hk_venue").values()]
    assert any("<ul>" in text for text in marked)
    assert not any(text in page for text in marked if "<" in text)


def test_the_receipt_says_how_the_file_was_read(walked):
    for dataset, receipt in walked.receipts.items():
        assert receipt.format == ("geojson" if dataset == "hk_venue" else "csv")
        assert receipt.encoding == "utf-8"
    assert any("几何" in said.zh for said in walked.receipts["hk_venue"].decisions)


def test_warnings_keep_no_row_from_the_lake(walked):
    counts = walked.receipts["trafford_facility"].counts
    assert counts["no-areas"] == sum(
        row["facility_areas_on_site"] == "0" for row in rows_of("trafford_facility").values()
    )
    assert walked.receipts["hk_venue"].counts["district-spelling"] == 1
    assert walked.receipts["hk_venue"].counts["few-without-update"] == 1
