"""Filling an inbox with the sample: which department sends what, in which format, and which errors it has.

Correct files first, then the faulty ones that a real inbox would hold. Not here: rows (the other modules), intake.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any
from zlib import crc32

from pipelines.sample import faults
from pipelines.sample.associations import make_associations, make_inspections
from pipelines.sample.events import make_events, make_permits
from pipelines.sample.facilities import commission_pools, make_facilities
from pipelines.sample.files import SUFFIX, SYNTHETIC, Form, build_table, write_file
from pipelines.sample.funding import (
    make_budget_lines,
    make_lottery_lines,
    make_projects,
    make_three_public_expenses,
)
from pipelines.sample.maintenance import make_equipment, make_openings
from pipelines.sample.places import CITIES, SampleCity
from pipelines.sample.plan_rows import make_plan_rows
from pipelines.sample.plans import read_plans
from pipelines.sample.random_values import make_credit_code
from schemas.codelists import Code, CodeList
from schemas.contract import Contract
from schemas.departments import Department

Row = dict[str, Any]
# Formats in rotation, so that the cities send different ones.
FORMS: tuple[Form, ...] = ("csv-bom", "csv-gb18030", "csv", "xlsx", "json")
SEED = 20261125


@dataclass(frozen=True)
class SampleFile:
    """One file for the inbox; `sound`: without errors, so that other files may refer to its rows."""

    department: str
    dataset: str
    period: str
    rows: Sequence[Row]
    form: Form
    note: str = ""
    sound: bool = True


def fill_inbox(
    inbox: Path,
    contracts: Mapping[str, Contract],
    codelists: Mapping[str, CodeList],
    departments: Mapping[str, Department],
    *,
    seed: int = SEED,
    share: float = 1.0,
    only: Collection[str] = (),
) -> int:
    """Writes the sample to `inbox` and returns the number of files; the same seed gives the same rows.

    `share`: the share of the facilities that is written. `only`: the datasets whose files are written, all if empty; their rows
    are those of the whole sample. The files that are damaged as files belong to the whole sample alone.
    """
    wanted = frozenset(only) or frozenset(contracts)
    counties = [
        code for code in codelists["admin_division"].codes if code.valid_to is None and not code.code.endswith("00")
    ]
    made: dict[tuple[str, str], list[Row]] = {}
    count = 0
    for city in CITIES:
        own = [county for county in counties if county.code[:4] == city.code[:4]]
        files = _city_files(city, departments[city.code], own, seed, share)
        count += _write_sample_files(inbox, contracts, files, made, wanted)
    count += _write_sample_files(inbox, contracts, _province_files(departments, counties, seed), made, wanted)
    count += _write_sample_files(inbox, contracts, _plan_files(departments, counties, made, seed), made, wanted)
    if only:
        return count
    _write_mislabelled_events(inbox, contracts["event"], departments["211000"], counties, seed)
    return count + 1 + _write_broken_files(inbox, contracts)


def _write_sample_files(
    inbox: Path,
    contracts: Mapping[str, Contract],
    parcels: Iterator[SampleFile],
    made: dict[tuple[str, str], list[Row]],
    wanted: Collection[str],
) -> int:
    """Writes the files of the wanted datasets, notes the rows of all sound ones in `made`, and returns the number of files."""
    count = 0
    for parcel in parcels:
        if parcel.sound:
            made.setdefault((parcel.dataset, parcel.department), []).extend(parcel.rows)
        if parcel.dataset not in wanted:
            continue
        table = build_table(contracts[parcel.dataset], parcel.rows, titled=parcel.form != "csv")
        name = f"{parcel.dataset}_{parcel.period}{parcel.note and '_' + parcel.note}.{SUFFIX[parcel.form]}"
        write_file(inbox / parcel.department / name, table, parcel.form)
        count += 1
    return count


def _plan_files(
    departments: Mapping[str, Department],
    counties: Sequence[Code],
    made: Mapping[tuple[str, str], Sequence[Row]],
    seed: int,
) -> Iterator[SampleFile]:
    """Yields the files of the plans, each after those that it draws from: `made` must hold what was yielded before.

    The forms of a plan's files depend on its dataset alone, so that another plan changes no file.
    """
    codes = [county.code for county in counties]
    for plan in read_plans().values():
        start = crc32(plan.dataset.encode()) % len(FORMS)
        forms = cycle(FORMS[start:] + FORMS[:start])
        for code in plan.submitters:
            for period in plan.periods:
                rows = make_plan_rows(plan, departments[code], period, codes, made, seed)
                yield SampleFile(code, plan.dataset, period, rows, next(forms))


def _city_files(
    city: SampleCity, bureau: Department, counties: Sequence[Code], seed: int, share: float
) -> Iterator[SampleFile]:
    form = FORMS[int(city.code[2:4]) % len(FORMS)]
    table: Form = "csv-gb18030" if form == "json" else form
    rows = commission_pools(make_facilities(city, counties, 2026, seed, share), bureau)
    if city.code in {"210200", "210900", "211100"}:
        before = commission_pools(make_facilities(city, counties, 2025, seed, share), bureau)
        yield SampleFile(city.code, "facility", "2025", before, table)
    sent, table_sent = _sent_facilities(city, rows, table)
    yield SampleFile(city.code, "facility", "2026", sent, table_sent, sound=sent is rows)
    # The other files refer to facilities that are accepted: unchanged rows, or, if all are changed, those of last year.
    rows = [row for row, other in zip(rows, sent, strict=True) if row == other] or rows
    yield SampleFile(city.code, "facility_opening", "2026-Q3", make_openings(rows, city.code, seed, 40), form)
    yield SampleFile(city.code, "fitness_equipment", "2026", make_equipment(rows, city.code, seed, 60), table)
    decided = make_permits(bureau, counties, "2026-04", seed)
    yield SampleFile(city.code, "event_permit", "2026-04", decided, form)
    yield SampleFile(city.code, "event", "2026", make_events(bureau, counties, rows, decided, 2026, seed), form)
    yield from _association_files(bureau, form, seed)
    yield from _funding_files(bureau, counties, form, seed)


def _sent_facilities(city: SampleCity, rows: list[Row], form: Form) -> tuple[list[Row], Form]:
    if city.code == "210300":
        return faults.break_some_cells(rows), form
    if city.code == "210900":
        return faults.scale_to_ten_thousands(rows, "area_m2", "land_area_m2", "floor_area_m2"), form
    if city.code == "211100":
        return faults.use_old_division_codes(rows, "211121", "211104"), form
    if city.code == "210800":
        return faults.imitate_hand_typing(rows), "xlsx-titled"
    return rows, form


def _association_files(department: Department, form: Form, seed: int) -> Iterator[SampleFile]:
    members = make_associations(department, seed)
    checked = make_inspections(members, 2025, seed)
    if department.code == "210600":
        checked = faults.use_unknown_members(checked, [make_credit_code("51", "210600", 9000 + at) for at in range(2)])
    yield SampleFile(department.code, "association", "2026", members, form)
    yield SampleFile(department.code, "association_inspection", "2025", checked, form)


def _funding_files(department: Department, counties: Sequence[Code], form: Form, seed: int) -> Iterator[SampleFile]:
    expenses, lottery = (
        make_three_public_expenses(department, 2025, seed),
        make_lottery_lines(department, 2025, counties, seed),
    )
    if department.code == "210500":
        expenses = faults.misprint_shares(expenses)
    if department.code == "211200":
        lottery = faults.break_balance(lottery)
    yield SampleFile(department.code, "budget_line", "2025", make_budget_lines(department, 2025, seed), form)
    yield SampleFile(department.code, "three_public_expenses", "2025", expenses, form)
    yield SampleFile(department.code, "lottery_fund", "2025", lottery, form)


def _province_files(departments: Mapping[str, Department], counties: Sequence[Code], seed: int) -> Iterator[SampleFile]:
    yield from _association_files(departments["ln-qunti"], "xlsx", seed)
    yield from _funding_files(departments["ln-caiwu"], counties, "csv-bom", seed)
    yield SampleFile("ln-chanye", "guidance_fund_project", "2025", make_projects(counties, 2025, seed), "xlsx")
    late = faults.reverse_publicity_dates(make_projects(counties, 2018, seed))
    yield SampleFile("ln-chanye", "guidance_fund_project", "2018", late, "csv-gb18030", sound=False)


def _write_mislabelled_events(
    inbox: Path, contract: Contract, bureau: Department, counties: Sequence[Code], seed: int
) -> None:
    """Writes events that are correct except for the label of one required column."""
    own = [county for county in counties if county.code[:4] == bureau.code[:4]]
    table = build_table(contract, make_events(bureau, own, [], [], 2025, seed), titled=True)
    labels = tuple("活动叫什么" if label == "赛事名称" else label for label in table.labels)
    write_file(inbox / bureau.code / "event_2025.csv", replace(table, labels=labels), "csv")


def _write_broken_files(inbox: Path, contracts: Mapping[str, Contract]) -> int:
    """Writes files that are damaged as files: empty, header only, no table, wrong encoding, wrong name or folder."""
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
