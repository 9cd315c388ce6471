"""The tables of the schema `meta`: what an analyst needs to know about the data.

One function per table builds an Arrow table from contracts, ledger and lake, with a comment for the table and every column.
Not here: writing them (`database.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.contract import Contract
from warehouse.lake.standing import StandingSubmission
from warehouse.ledger.ledger import LedgerEntry

TEXT, COUNT, TIME, FLAG = pa.string(), pa.int64(), pa.timestamp("us"), pa.bool_()


@dataclass(frozen=True)
class DescribedTable:
    """A table with its comment; each column's comment is the field's metadata `comment`."""

    name: str
    comment: str
    table: pa.Table


def describe_table(
    name: str, comment: str, columns: Mapping[str, tuple[pa.DataType, str]], rows: Iterable[Sequence[Any]]
) -> DescribedTable:
    """Builds a table from rows; `columns` gives type and comment of each column in order."""
    schema = pa.schema([pa.field(n, kind, metadata={"comment": meaning}) for n, (kind, meaning) in columns.items()])
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(column, kind) for column, (kind, _) in zip(values, columns.values(), strict=True)]
    return DescribedTable(name, comment, pa.Table.from_arrays(arrays, schema=schema))


def dataset_table(
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int | None],
    rows: Mapping[str, int],
    built: Mapping[str, Sequence[str | None]],
) -> DescribedTable:
    """Builds the table of datasets: one row per dataset; key name. `built`: the last three columns."""
    return describe_table(
        "dataset",
        "数据集：一行一个数据集 / Datasets: one row each",
        {
            "name": (TEXT, "名称，即表名 / Name, also that of the table"),
            "title_zh": (TEXT, "中文标题 / Chinese title"),
            "title_en": (TEXT, "英文标题 / English title"),
            "family": (TEXT, "类别 / Family"),
            "owner": (TEXT, "负责单位代码 / Code of the department that answers for it"),
            "cadence": (TEXT, "更新周期 / Update cycle"),
            "mode": (TEXT, "快照或累积 / snapshot: newest period a department; append: all periods"),
            "licence": (TEXT, "许可协议 / Licence"),
            "contract_version": (TEXT, "数据规范版本 / Version of the contract"),
            "lake_version": (COUNT, "所取数据湖版本 / Version of the lake that was taken"),
            "rows": (COUNT, "行数 / Rows"),
            "inputs": (TEXT, "生成本表所用输入的指纹 / Fingerprint of what the table was built from"),
            "history_inputs": (TEXT, "生成历史表所用输入的指纹 / Fingerprint of what the history was built from"),
            "history_release": (TEXT, "历史表所含最新版本 / Newest release in the history"),
        },
        [
            (
                c.name,
                c.title.zh,
                c.title.en,
                c.policy.family,
                c.policy.owner,
                c.policy.cadence,
                c.policy.mode,
                c.licence["name"],
                c.version,
                versions[c.name],
                rows[c.name],
                *built[c.name],
            )
            for c in contracts.values()
        ],
    )


def field_table(contracts: Mapping[str, Contract]) -> DescribedTable:
    """Builds the data dictionary: one row per public field; key (dataset, name)."""
    return describe_table(
        "field",
        "数据字典：一行一个字段 / Data dictionary: one row a field",
        {
            "dataset": (TEXT, "数据集 / Dataset"),
            "position": (COUNT, "顺序，从 1 起 / Position, from 1"),
            "name": (TEXT, "字段名 / Field name"),
            "type": (TEXT, "Table Schema 类型 / Table Schema type"),
            "title_zh": (TEXT, "中文名 / Chinese title"),
            "title_en": (TEXT, "英文名 / English title"),
            "description_zh": (TEXT, "中文说明 / Chinese description"),
            "description_en": (TEXT, "英文说明 / English description"),
            "unit": (TEXT, "单位 / Unit"),
            "codelist": (TEXT, "代码表，见 codelist 模式 / Code list, a table of the schema codelist"),
            "required": (FLAG, "是否必填 / Required"),
            "in_key": (FLAG, "是否属于主键 / Part of the primary key"),
        },
        [
            (
                c.name,
                at,
                f.name,
                f.type,
                f.title,
                f.policy.title_en,
                f.description,
                f.policy.description_en,
                f.policy.unit,
                f.policy.codelist,
                f.required,
                f.name in c.primary_key,
            )
            for c in contracts.values()
            for at, f in enumerate(c.public_fields(), 1)
        ],
    )


def release_table(
    releases: Sequence[LedgerEntry], redactions: Sequence[LedgerEntry], in_history: Collection[tuple[str, str]]
) -> DescribedTable:
    """Builds the table of releases: one row per release, oldest first; key (dataset, number).

    `redactions`: the ledger entries about erasures; the last one of a release names its present content hash. `in_history`: dataset and
    number of the releases that are in the histories.
    """
    erased = {
        (entry.facts["dataset"], entry.facts["release"]): entry.facts["content_hash"]
        for entry in redactions
        if "release" in entry.facts
    }
    return describe_table(
        "release",
        "发布：一行一个版本 / Releases: one row each",
        {
            "dataset": (TEXT, "数据集 / Dataset"),
            "number": (TEXT, "版本号 / Number"),
            "released_at": (TIME, "发布时间（北京时间） / When, Beijing time"),
            "rows": (COUNT, "行数 / Rows"),
            "content_hash": (TEXT, "内容指纹 / Fingerprint of the content"),
            "lake_version": (COUNT, "数据湖版本 / Version of the lake"),
            "in_history": (
                FLAG,
                "历史表是否收有该版本，因个人信息等停止提供的没有 / Whether the histories have it; not if it may not be offered any more",
            ),
        },
        [
            (
                entry.facts["dataset"],
                entry.facts["number"],
                entry.at.replace(tzinfo=None),
                entry.facts["rows"],
                erased.get((entry.facts["dataset"], entry.facts["number"]), entry.facts["content_hash"]),
                entry.facts["lake_version"],
                (entry.facts["dataset"], entry.facts["number"]) in in_history,
            )
            for entry in releases
        ],
    )


def submission_table(
    received: Sequence[LedgerEntry], verdicts: Sequence[LedgerEntry], landings: Sequence[LedgerEntry]
) -> DescribedTable:
    """Builds the table of submissions in order of arrival: one row each; key number; `landed_version` null if not accepted."""
    judged = {entry.facts["number"]: entry.facts for entry in verdicts}
    landed = {entry.facts["number"]: entry.facts["version"] for entry in landings}
    return describe_table(
        "submission",
        "报送：一行一份文件 / Submissions: one row a file",
        {
            "number": (TEXT, "回执编号 / Receipt number"),
            "place": (TEXT, "数据集/部门/期间 / Dataset, department, period"),
            "filename": (TEXT, "文件名 / File name"),
            "sha256": (TEXT, "文件指纹 / SHA-256 of the file"),
            "received_at": (TIME, "收到时间（北京时间） / When, Beijing time"),
            "outcome": (TEXT, "判定 / Verdict: accept, hold_back, quarantine, refused"),
            "rows": (COUNT, "行数 / Rows"),
            "accepted": (COUNT, "接收行数 / Rows taken"),
            "held_back": (COUNT, "暂缓行数 / Rows held back"),
            "landed_version": (COUNT, "入库版本 / Version of the lake that first held it"),
        },
        [
            (
                (number := entry.facts["number"]),
                entry.facts["place"],
                entry.facts["filename"],
                entry.facts["sha256"],
                entry.at.replace(tzinfo=None),
                *(judged.get(number, {}).get(name) for name in ("outcome", "rows", "accepted", "held_back")),
                landed.get(number),
            )
            for entry in received
        ],
    )


def freshness_table(standing: Iterable[StandingSubmission]) -> DescribedTable:
    """Builds the table of the newest period that stands and its time: one row per key (dataset, department)."""
    newest: dict[tuple[str, str], tuple[str, Any]] = {}
    for one in standing:
        dataset, department, period = one.slice.split("/")
        newest[dataset, department] = max((period, one.at), newest.get((dataset, department), ("", one.at)))
    return describe_table(
        "freshness",
        "新旧：各部门各数据集最近一期 / Freshness: the newest period of each department",
        {
            "dataset": (TEXT, "数据集 / Dataset"),
            "department": (TEXT, "单位代码 / Department"),
            "newest_period": (TEXT, "最近期间 / Newest period"),
            "accepted_at": (TIME, "接收时间（北京时间） / When it was accepted, Beijing time"),
        },
        [(*key, period, at.replace(tzinfo=None)) for key, (period, at) in sorted(newest.items())],
    )


def build_facts_table(facts: Mapping[str, str]) -> DescribedTable:
    """Builds the table of facts about this build; key name."""
    return describe_table(
        "build",
        "本文件的生成信息 / How this file was built",
        {"name": (TEXT, "项目 / Item"), "value": (TEXT, "值 / Value")},
        list(facts.items()),
    )
