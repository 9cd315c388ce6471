"""The release gate: what stops a candidate from becoming a release. The last check before publication; it trusts no earlier one.

Here: the table and the contract as they would be published. Not here: the search of the rows (`row_scan.py`), whether somebody approved it, what was released
before, and any writing. An objection is a finding of severity `error`; without one the candidate may be released.

Source: 信息公开条例 art. 14-15, 数据安全法 art. 21, 个人信息保护法 art. 25 and 28; 政务数据共享条例 art. 13 (contact).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa

from quality.findings import Finding, masked_excerpt
from quality.row_scan import RowScan, RowScanner
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.negative_list import NegativeEntry, select_entries
from schemas.text import Text

BLOCKED_CLASSES = frozenset({"important", "core"})


def find_objections(
    contract: Contract,
    table: pa.Table,
    *,
    held_back: int,
    submitted: int,
    negative_list: Iterable[NegativeEntry] = (),
    on: date | None = None,
) -> list[Finding]:
    """Returns what stops `table` from being released; empty if nothing does.

    Args:
        contract: the dataset's contract.
        table: what would be published, all slices together: typed, only columns of public fields and of the lake's own
            (`department`, `period`); grain and key are the contract's primary key.
        held_back: rows that were kept out of the lake because of errors, over all slices.
        submitted: rows that were submitted, over all slices.
        negative_list: what is not disclosed.
        on: the day on which entries of the list must be in force; without it every entry counts.

    Personal data are found cell by cell (judge `row`, numbered as in the released CSV); everything else is about the table.
    """
    scanner = RowScanner(contract, table.column_names, select_entries(negative_list, contract.name, on))
    scanner.add_part(scanner.scan_part(table))
    return judge_scan(contract, scanner.read_scan(), held_back=held_back, submitted=submitted)


def judge_scan(contract: Contract, scan: RowScan, *, held_back: int, submitted: int) -> list[Finding]:
    """Returns what `find_objections` returns for a table whose rows were scanned part by part."""
    return [
        *_check_rows(contract, scan, held_back, submitted),
        *_check_columns(contract, scan.columns),
        *scan.findings,
        *_check_disclosure(contract),
    ]


def _check_rows(contract: Contract, scan: RowScan, held_back: int, submitted: int) -> Iterator[Finding]:
    if scan.rows == 0:
        yield _make_objection("no-rows", "没有任何数据行，不能发布", "there are no rows to release")
    share = contract.policy.quarantine.share
    if held_back > share * submitted:
        yield _make_objection(
            "too-many-held-back",
            f"{submitted} 行中有 {held_back} 行因错误未入库，超过允许的 {share:.0%}；请先退回报送单位改正",
            f"{held_back} of {submitted} rows were held back, above the limit of {share:.0%}: have them mended first",
        )
    if scan.repeated_keys:
        named = scan.repeated_examples
        yield _make_objection(
            "duplicate-key",
            f"有 {scan.repeated_keys} 个编码在各单位、各期间的数据中重复，例如 {'；'.join(named)}；请相关单位核对",
            f"{scan.repeated_keys} keys stand in more than one row of the slices, such as {'; '.join(named)}: ask the departments",
            value=named[0],
        )


def _check_columns(contract: Contract, columns: Sequence[str]) -> Iterator[Finding]:
    public = {field.name for field in contract.public_fields()}
    for name in columns:
        if name in contract.policy.disclosure.protected:
            yield _make_objection(
                "protected-field",
                f"受保护的字段 {name} 不得对外",
                f"{name} is protected and may not go out",
                field=name,
            )
        elif name in public and contract.get_field(name).denied_kind:
            title = contract.get_field(name).label
            yield _make_objection(
                "denied-column",
                f"“{title.zh}”一列是个人信息，任何时候都不得对外",
                f"the column {title.en} is personal data and may never go out",
                field=name,
            )
        elif name not in public and name not in SLICE_COLUMNS:
            yield _make_objection(
                "unknown-field", f"数据规范中没有字段 {name}", f"the contract knows no field {name}", field=name
            )
    for name in [name for name in contract.primary_key if name not in columns]:
        yield _make_objection(
            "key-missing", f"对外数据缺少编码字段 {name}", f"{name}, a field of the key, does not go out", field=name
        )


def _check_disclosure(contract: Contract) -> Iterator[Finding]:
    about = contract.policy.catalogue
    if about.open_type == "closed":
        yield _make_objection(
            "not-open", "开放属性为不予开放，不能发布", "the dataset is marked closed: it may not be released"
        )
    if about.data_class in BLOCKED_CLASSES:
        yield _make_objection(
            "restricted-class",
            f"数据分类为{'重要' if about.data_class == 'important' else '核心'}数据，不得公开",
            f"the dataset is {about.data_class} data: it may not become public",
        )
    email = about.provider.email if isinstance(about.provider.email, str) else ""
    if not (about.provider.phone.strip() or email.strip()):
        yield _make_objection(
            "no-contact",
            "没有提供单位的联系方式；请在数据规范的 provider 中填写办公电话或邮箱",
            "the provider has no contact: give an office telephone or e-mail under `provider`",
        )


def _make_objection(type_: str, zh: str, en: str, *, field: str | None = None, value: str | None = None) -> Finding:
    return Finding(
        judge="table",
        type=type_,
        severity="error",
        field=field,
        value=masked_excerpt(value),
        message=Text(zh=zh, en=en),
    )
