"""Filling an inbox with the sample: which department sends what, in which form, and what is wrong with it.

Good files first, then the faulty ones that a real inbox would hold. Not here: rows (the other modules), the walk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.sample import faults
from pipelines.sample.associations import associations, inspections
from pipelines.sample.events import events, permits
from pipelines.sample.facilities import facilities
from pipelines.sample.files import SUFFIX, SYNTHETIC, Form, table_of, write
from pipelines.sample.funding import budget_lines, lottery_lines, projects, three_public
from pipelines.sample.maintenance import equipment, openings
from pipelines.sample.places import CITIES, City
from pipelines.sample.random_values import credit_code
from schemas.codelists import Code, CodeList
from schemas.contract import Contract
from schemas.departments import Department

Row = dict[str, Any]
# Forms in turn, so that every city sends something in another form.
FORMS: tuple[Form, ...] = ("csv-bom", "csv-gb18030", "csv", "xlsx", "json")
SEED = 20261125


@dataclass(frozen=True)
class Parcel:
    """One file to be put into the inbox."""

    department: str
    dataset: str
    period: str
    rows: Sequence[Row]
    form: Form
    note: str = ""


def fill(
    inbox: Path,
    contracts: Mapping[str, Contract],
    codelists: Mapping[str, CodeList],
    departments: Mapping[str, Department],
    *,
    seed: int = SEED,
    share: float = 1.0,
) -> int:
    """Put the sample into `inbox`; `share` of the facilities. How many files were written; the same seed writes the same rows."""
    counties = [
        code for code in codelists["admin_division"].codes if code.valid_to is None and not code.code.endswith("00")
    ]
    count = 0
    for city in CITIES:
        own = [county for county in counties if county.code[:4] == city.code[:4]]
        count += _send(inbox, contracts, _of_city(city, departments[city.code], own, seed, share))
    count += _send(inbox, contracts, _of_province(departments, counties, seed))
    _with_a_label_of_their_own(inbox, contracts["event"], departments["211000"], counties, seed)
    return count + 1 + _broken_files(inbox, contracts)


def _send(inbox: Path, contracts: Mapping[str, Contract], parcels: Iterator[Parcel]) -> int:
    count = 0
    for parcel in parcels:
        contract = contracts[parcel.dataset]
        table = table_of(contract, parcel.rows, titled=parcel.form != "csv")
        name = f"{parcel.dataset}_{parcel.period}{parcel.note and '_' + parcel.note}.{SUFFIX[parcel.form]}"
        write(inbox / parcel.department / name, table, parcel.form)
        count += 1
    return count


def _of_city(city: City, bureau: Department, counties: Sequence[Code], seed: int, share: float) -> Iterator[Parcel]:
    form = FORMS[int(city.code[2:4]) % len(FORMS)]
    table: Form = "csv-gb18030" if form == "json" else form
    rows = facilities(city, counties, 2026, seed, share)
    if city.code in {"210200", "210900", "211100"}:
        yield Parcel(city.code, "facility", "2025", facilities(city, counties, 2025, seed, share), table)
    sent, table_sent = _facilities_as_sent(city, rows, table)
    yield Parcel(city.code, "facility", "2026", sent, table_sent)
    # What the other files name must be there: rows as they are, or, where a fault runs through all of them, last year's.
    rows = [row for row, other in zip(rows, sent, strict=True) if row == other] or rows
    yield Parcel(city.code, "facility_opening", "2026-Q3", openings(rows, city.code, seed, 40), form)
    yield Parcel(city.code, "fitness_equipment", "2026", equipment(rows, city.code, seed, 60), table)
    decided = permits(bureau, counties, "2026-04", seed)
    yield Parcel(city.code, "event_permit", "2026-04", decided, form)
    yield Parcel(city.code, "event", "2026", events(bureau, counties, rows, decided, 2026, seed), form)
    yield from _societies(bureau, form, seed)
    yield from _money(bureau, counties, form, seed)


def _facilities_as_sent(city: City, rows: list[Row], form: Form) -> tuple[list[Row], Form]:
    if city.code == "210300":
        return faults.a_few_bad_cells(rows), form
    if city.code == "210900":
        return faults.in_ten_thousands(rows, "area_m2", "land_area_m2", "floor_area_m2"), form
    if city.code == "211100":
        return faults.old_division_codes(rows, "211121", "211104"), form
    if city.code == "210800":
        return faults.as_typed_by_hand(rows), "xlsx-titled"
    return rows, form


def _societies(department: Department, form: Form, seed: int) -> Iterator[Parcel]:
    members = associations(department, seed)
    checked = inspections(members, 2025, seed)
    if department.code == "210600":
        checked = faults.unknown_members(checked, [credit_code("51", "210600", 9000 + at) for at in range(2)])
    yield Parcel(department.code, "association", "2026", members, form)
    yield Parcel(department.code, "association_inspection", "2025", checked, form)


def _money(department: Department, counties: Sequence[Code], form: Form, seed: int) -> Iterator[Parcel]:
    expenses, lottery = three_public(department, 2025, seed), lottery_lines(department, 2025, counties, seed)
    if department.code == "210500":
        expenses = faults.printed_share(expenses)
    if department.code == "211200":
        lottery = faults.wrong_balance(lottery)
    yield Parcel(department.code, "budget_line", "2025", budget_lines(department, 2025, seed), form)
    yield Parcel(department.code, "three_public_expenses", "2025", expenses, form)
    yield Parcel(department.code, "lottery_fund", "2025", lottery, form)


def _of_province(departments: Mapping[str, Department], counties: Sequence[Code], seed: int) -> Iterator[Parcel]:
    yield from _societies(departments["ln-qunti"], "xlsx", seed)
    yield from _money(departments["ln-caiwu"], counties, "csv-bom", seed)
    yield Parcel("ln-chanye", "guidance_fund_project", "2025", projects(counties, 2025, seed), "xlsx")
    late = faults.ends_before_it_starts(projects(counties, 2018, seed))
    yield Parcel("ln-chanye", "guidance_fund_project", "2018", late, "csv-gb18030")


def _with_a_label_of_their_own(
    inbox: Path, contract: Contract, bureau: Department, counties: Sequence[Code], seed: int
) -> None:
    """Events that are right but for the label of one required column."""
    own = [county for county in counties if county.code[:4] == bureau.code[:4]]
    table = table_of(contract, events(bureau, own, [], [], 2025, seed), titled=True)
    labels = tuple("活动叫什么" if label == "赛事名称" else label for label in table.labels)
    write(inbox / bureau.code / "event_2025.csv", replace(table, labels=labels), "csv")


def _broken_files(inbox: Path, contracts: Mapping[str, Contract]) -> int:
    """Files that are broken as files: empty, header only, no table, a wrong encoding, a wrong name or place."""
    labels = ",".join(field.title for field in contracts["event"].fields)
    broken = {
        "210400/event_2025.csv": b"",
        "210500/event_2025.csv": f"{labels}\r\n".encode("utf-8-sig"),
        "210700/event_2025.csv": f"{labels}\r\n{SYNTHETIC}\r\n".encode("utf-16"),
        "210800/event_2025.xlsx": b"%PDF-1.7 not a workbook",
        "211200/stadium_2026.csv": f"a,b\r\n1,{SYNTHETIC}\r\n".encode(),
        "219900/event_2026.csv": f"{labels}\r\n".encode(),
    }
    for place, content in broken.items():
        path = inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(broken)
