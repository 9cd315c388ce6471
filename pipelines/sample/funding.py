"""Invented money tables: `budget_line`, `three_public_expenses`, `lottery_fund` and `guidance_fund_project`.

Sums, balances and shares are correct; `faults.py` breaks some of them as real notices did.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipelines.sample.random_values import RandomSource, make_credit_code
from schemas.codelists import Code
from schemas.departments import Department

Row = dict[str, Any]
FUNCTIONS = ("2070301", "2070305", "2070306", "2070307", "2070308", "2070399")
DETAILS = ("30101", "30102", "30103", "30113", "30201", "30207", "30211", "30217", "30231")
USES = (
    ("mass_facilities", "全民健身路径工程"),
    ("mass_activities", "全民健身系列活动"),
    ("mass_organisations", "社会体育指导员培训"),
    ("elite_events", "青少年锦标赛"),
    ("elite_talent", "后备人才基地补助"),
)
PER_GUEST = 230
"""Yuan a guest of a public reception; below what the contract asks about."""
DIRECTIONS = ("fitness", "venue_operation", "training", "events", "equipment", "industry_base")


def make_budget_lines(department: Department, year: int, seed: int) -> list[Row]:
    """Returns budget and final accounts of one unit: income, expenditure by function, detail of basic expenditure."""
    chance = RandomSource.seeded_by(seed, "budget", department.code, year)
    spent = {code: chance.randint(40, 900) * 10000 for code in FUNCTIONS}
    covered = {
        row["phase"]: {"30217": row["reception_cny"], "30231": row["vehicle_running_cny"]}
        for row in make_three_public_expenses(department, year, seed)
    }
    rows: list[Row] = []
    for phase, scale in (("budget", 1.0), ("final", chance.uniform(0.92, 1.0))):
        amounts = {code: round(amount * scale, -2) for code, amount in spent.items()}
        rows += _make_accounts(department, year, phase, amounts, spent, covered[phase])
    return rows


def make_three_public_expenses(department: Department, year: int, seed: int) -> list[Row]:
    """Returns the three public expenses of one unit, budget and final accounts."""
    chance = RandomSource.seeded_by(seed, "three public", department.code, year)
    parts = (chance.choice((0, 60000, 120200)), chance.randint(8, 30) * 10000, chance.randint(2, 24) * 10000)
    final = tuple(round(part * 0.9, -2) for part in parts)
    return [
        _make_expenses(department, year, "budget", parts, None),
        _make_expenses(department, year, "final", final, sum(parts)),
    ]


def make_lottery_lines(department: Department, year: int, counties: Sequence[Code], seed: int) -> list[Row]:
    """Returns the lottery fund account of one unit: one row per item, the account's balance repeated on each."""
    chance = RandomSource.seeded_by(seed, "lottery", department.code, year)
    items = [(use, name, chance.randint(20, 300) * 10000) for use, name in USES]
    items[0] = (items[0][0], items[0][1], items[0][2] * 3)
    spent = sum(amount for _, _, amount in items)
    mass = sum(amount for use, _, amount in items if use.startswith("mass"))
    opening, reclaimed = chance.randint(10, 200) * 10000, chance.randint(0, 9) * 10000
    closing = chance.randint(1, 50) * 10000
    account = {
        **_make_unit(department, year),
        "account_id": f"{make_credit_code('11', department.admin_code, 1)}-{year}",
        "admin_code": department.admin_code,
        "opening_cny": opening,
        "allotted_cny": spent + reclaimed + closing - opening,
        "transferred_cny": 0,
        "spent_cny": spent,
        "spent_by_finance_cny": 0,
        "reclaimed_cny": reclaimed,
        "closing_cny": closing,
        "spent_mass_cny": mass,
        "spent_elite_cny": spent - mass,
        "spent_other_cny": 0,
        "mass_share_pct": _percentage_share(mass, spent),
        "unit_reported": "yuan",
        "published_date": date(year + 1, 6, 24),
        "notice_url": "https://example.org/lottery",
    }
    return [
        {
            **account,
            "line_no": at,
            "category_code": use,
            "item_name": f"{name}（示例）",
            "item_amount_cny": amount,
            "item_share_pct": _percentage_share(amount, spent),
            "location": chance.choice(counties).zh,
            "result_text": "示例成果说明",
        }
        for at, (use, name, amount) in enumerate(items, 1)
    ]


def make_projects(counties: Sequence[Code], year: int, seed: int) -> list[Row]:
    """Returns the guidance fund's projects of one year, in one batch."""
    chance = RandomSource.seeded_by(seed, "guidance", year)
    batch = {
        "project_year": year,
        "batch": f"{year}年第一批",
        "batch_envelope_cny": 30000000,
        "publicity_start": date(year, 6, 3),
        "publicity_end": date(year, 6, 10),
        "award_date": date(year, 7, 1),
        "doc_no": f"辽体示〔{year}〕1号",
        "unit_reported": "yuan",
        "notice_url": "https://example.org/guidance",
    }
    return [{**batch, **_make_project(chance, chance.choice(counties), year, at)} for at in range(1, 37)]


def _make_accounts(
    department: Department,
    year: int,
    phase: str,
    amounts: dict[str, float],
    planned: dict[str, int],
    covered: dict[str, float],
) -> list[Row]:
    unit = {
        **_make_unit(department, year),
        "phase": phase,
        "fund_type": "general",
        "unit_reported": "yuan",
        "approved_date": date(year, 2, 10) if phase == "budget" else date(year + 1, 8, 5),
        "published_date": date(year, 2, 25) if phase == "budget" else date(year + 1, 8, 20),
        "doc_url": "https://example.org/budget",
    }
    total = sum(amounts.values())
    basic = amounts[FUNCTIONS[0]]
    rows = [{**unit, "section": "income", "line_no": 1, "amount_cny": total, "section_total_cny": total}]
    for at, (code, amount) in enumerate(amounts.items(), 1):
        row = {**unit, "section": "expenditure", "line_no": at, "func_code": code, "amount_cny": amount}
        row |= {"expenditure_kind": "basic" if code == FUNCTIONS[0] else "project", "section_total_cny": total}
        if phase == "final":
            row |= {"budget_cny": planned[code], "completion_pct": _percentage_share(amount, planned[code])}
        rows.append(row)
    for at, (code, amount) in enumerate(_share_out(basic, covered).items(), 1):
        row = {**unit, "section": "basic_detail", "line_no": at, "econ_code": code, "expenditure_kind": "basic"}
        rows.append(row | {"amount_cny": amount, "section_total_cny": basic})
    return [*rows, {**unit, "section": "carried_out", "line_no": 1, "amount_cny": 0, "section_total_cny": 0}]


def _share_out(basic: float, covered: dict[str, float]) -> dict[str, float]:
    """Returns basic expenditure by economic code, in equal parts; of the three public expenses no more than their own table says."""
    part = round(basic / len(DETAILS), 2)
    others = {code: min(part, covered.get(code, part)) for code in DETAILS[1:]}
    return {DETAILS[0]: round(basic - sum(others.values()), 2), **others}


def _make_expenses(
    department: Department, year: int, phase: str, parts: tuple[float, ...], budget: float | None
) -> Row:
    abroad, running, reception = parts
    total = abroad + running + reception
    return {
        **_make_unit(department, year),
        "phase": phase,
        "total_cny": total,
        "abroad_cny": abroad,
        "vehicle_cny": running,
        "vehicle_purchase_cny": 0,
        "vehicle_running_cny": running,
        "reception_cny": reception,
        "foreign_reception_cny": 0,
        "abroad_share_pct": _percentage_share(abroad, total),
        "vehicle_share_pct": _percentage_share(running, total),
        "reception_share_pct": _percentage_share(reception, total),
        "budget_total_cny": budget,
        "completion_pct": _percentage_share(total, budget) if budget else None,
        "groups_abroad": 1 if abroad else 0,
        "persons_abroad": 3 if abroad else 0,
        "vehicles_bought": 0,
        "vehicles_held": 8,
        "reception_batches": 40,
        "reception_persons": round(reception / PER_GUEST),
        "unit_reported": "yuan",
        "approved_date": date(year, 2, 10) if phase == "budget" else date(year + 1, 8, 5),
        "published_date": date(year, 2, 25) if phase == "budget" else date(year + 1, 8, 20),
        "doc_url": "https://example.org/expenses",
    }


def _make_project(chance: RandomSource, county: Code, year: int, at: int) -> Row:
    awarded = chance.choice((300000, 500000, 800000))
    done = chance.happens_with(0.5)
    return {
        "project_id": f"LNYD-{year}-{at:03d}",
        "title": f"{county.zh}示例体育项目{at}",
        "applicant_name": f"{county.zh}示例体育科技有限公司{at}",
        "applicant_uscc": make_credit_code("91", county.code, 700 + at),
        "admin_code": county.code,
        "direction": chance.choice(DIRECTIONS),
        "support_mode": chance.choice(("grant", "reward", "interest_subsidy")),
        "total_investment_cny": awarded * chance.randint(4, 12),
        "amount_applied_cny": awarded * 2,
        "amount_awarded_cny": awarded,
        "amount_disbursed_cny": awarded if done else round(awarded * 0.7),
        "amount_recovered_cny": 0,
        "planned_start": date(year, 3, 1),
        "planned_end": date(year + 1, 6, 30),
        "actual_start": date(year, 3, 15),
        "actual_end": date(year + 1, 6, 20) if done else None,
        "status": "accepted" if done else "in_progress",
        "performance_result": "达到预期目标（示例）" if done else None,
    }


def _make_unit(department: Department, year: int) -> Row:
    return {
        "fiscal_year": year,
        "unit_uscc": make_credit_code(
            "11", department.admin_code, 1 if department.kind == "city_bureau" else len(department.code)
        ),
        "unit_name": f"{department.zh}（本级，示例）",
    }


def _percentage_share(part: float, whole: float) -> float:
    return round(part / whole * 100, 1) if whole else 0.0
