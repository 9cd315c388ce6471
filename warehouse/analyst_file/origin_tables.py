"""The tables `meta.lineage` and `meta.quality`: for each slice that stands, the file that it came from, and what was found in that file.

Read from the ledger alone. Not here: other tables of `meta` (`meta.py`, `key_tables.py`, `due.py`).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.contract import Contract
from schemas.slices import SliceKey, select_current
from warehouse.analyst_file.meta import COUNT, FLAG, TEXT, TIME, DescribedTable, describe_table
from warehouse.lake.standing import StandingSubmission
from warehouse.ledger.ledger import LedgerEntry

_SLICE_COLUMNS = {
    "dataset": (TEXT, "数据集 / Dataset"),
    "department": (TEXT, "单位代码 / Department"),
    "period": (TEXT, "期间 / Period"),
    "number": (TEXT, "回执编号 / Receipt number"),
}


def lineage_table(
    contracts: Mapping[str, Contract],
    standing: Sequence[StandingSubmission],
    received: Sequence[LedgerEntry],
    releases: Sequence[LedgerEntry],
) -> DescribedTable:
    """Builds the table of origins: one row a slice that stands; key (dataset, department, period).

    `is_current` follows the rule of the lake: in mode snapshot each department's newest period is current, otherwise every period.
    """
    files = {entry.facts["number"]: entry for entry in received}
    current, made = _list_current(contracts, standing), _group_releases(releases)
    rows = []
    for one in standing:
        file = files.get(one.number)
        origin = (file.facts["filename"], file.facts["sha256"], file.at.replace(tzinfo=None)) if file else (None,) * 3
        first = _find_release(one, made)
        rows.append((*one.slice.split("/"), one.number, *origin, one.at.replace(tzinfo=None), one.version, one.rows, one.slice in current, first))  # fmt: skip
    columns = {
        **_SLICE_COLUMNS,
        "filename": (TEXT, "文件名 / File name"),
        "sha256": (TEXT, "文件指纹 / SHA-256 of the file"),
        "received_at": (TIME, "收到时间（北京时间） / When it was received, Beijing time"),
        "accepted_at": (TIME, "接收时间（北京时间） / When it was accepted, Beijing time"),
        "lake_version": (COUNT, "入库版本 / Version of the lake that first held it"),
        "rows": (COUNT, "行数 / Rows"),
        "is_current": (FLAG, "是否计入数据集的表 / Whether the table of the dataset has its rows"),
        "first_release": (TEXT, "首个含有它的版本 / First release with it"),
    }
    return describe_table(
        "lineage", "来源：一行一个有效的分期报送 / Origins: one row a slice that stands", columns, rows
    )


def quality_table(standing: Sequence[StandingSubmission], verdicts: Sequence[LedgerEntry]) -> DescribedTable:
    """Builds the table of quality: one row a slice that stands; key (dataset, department, period)."""
    judged = {entry.facts["number"]: entry.facts for entry in verdicts}
    columns = {
        **_SLICE_COLUMNS,
        "outcome": (TEXT, "判定 / Verdict"),
        "rows": (COUNT, "报送行数 / Rows handed in"),
        "accepted": (COUNT, "接收行数 / Rows taken"),
        "held_back": (COUNT, "暂缓行数 / Rows held back"),
        "findings": (COUNT, "问题数 / Number of findings"),
        "rules": (TEXT, "问题所涉规则，以逗号分隔 / Rules with findings, separated by commas"),
    }
    rows = [(*one.slice.split("/"), one.number, *_describe_verdict(judged.get(one.number, {}))) for one in standing]
    return describe_table(
        "quality", "质量：一行一个有效的分期报送 / Quality: one row a slice that stands", columns, rows
    )


def _describe_verdict(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    counts = facts.get("counts", {})
    recorded = (facts.get(name) for name in ("outcome", "rows", "accepted", "held_back"))
    return (*recorded, sum(counts.values()), ", ".join(sorted(counts)) or None)


def _list_current(contracts: Mapping[str, Contract], standing: Sequence[StandingSubmission]) -> set[str]:
    by_dataset: dict[str, list[SliceKey]] = {}
    for one in standing:
        dataset, department, period = one.slice.split("/")
        if dataset in contracts:
            by_dataset.setdefault(dataset, []).append(SliceKey(dataset=dataset, department=department, period=period))
    kept = (select_current(keys, contracts[name].policy.mode) for name, keys in by_dataset.items())
    return {str(key) for keys in kept for key in keys}


def _group_releases(releases: Sequence[LedgerEntry]) -> dict[str, list[tuple[int, str]]]:
    """Returns version of the lake and number of each dataset's releases, by dataset, oldest first."""
    made: dict[str, list[tuple[int, str]]] = {}
    for entry in releases:
        made.setdefault(entry.facts["dataset"], []).append((entry.facts["lake_version"], entry.facts["number"]))
    return made


def _find_release(one: StandingSubmission, made: Mapping[str, Sequence[tuple[int, str]]]) -> str | None:
    """Returns the first release made from the lake version in which the slice first stood, or from a later version."""
    numbered = made.get(one.slice.split("/", 1)[0], ())
    place = bisect_left(numbered, one.version, key=lambda release: release[0])
    return numbered[place][1] if place < len(numbered) else None
