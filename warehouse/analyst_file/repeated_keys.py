"""The view `repeated_key` of the analysts' file: keys that two hand-ins that stand both have.

Each of them says that the row is its own. A release holds such rows out until one of the departments gives way; the tables of the analysts' file hold
the rows that stand and have them all, so that a count or a join has more rows than there are things. Not here: what a release does with them
(`pipelines/review/disputes.py`).
"""

from collections.abc import Iterable

from schemas.contract import Contract
from warehouse import sql
from warehouse.analyst_file.database_writer import DescribedView

NAME = "repeated_key"
_COMMENT = (
    "重复的编码：一行一个两份有效报送都有的主键；发布的版本不含这些行，本文件的表含有，计数、求和、连接时请留意 / "
    "Repeated keys: one row a primary key that two hand-ins that stand both have. A release holds their rows out, the tables of this file have them: "
    "mind them when counting, adding up and joining"
)
_COLUMNS = {
    "dataset": "数据集，即表名 / Dataset, also the name of the table",
    "key": "主键值，多列以 | 分隔 / Values of the primary key, several columns joined by |",
    "row_count": "行数 / Number of rows",
    "slices": "报送单位/期间，以逗号分隔 / Departments and periods, separated by commas",
}


def build_repeated_keys(contracts: Iterable[Contract]) -> DescribedView | None:
    """Builds the view over all datasets whose primary key is public; None if there is none of them."""
    parts = [_select_repeated(contract) for contract in contracts if _has_public_key(contract)]
    return DescribedView(NAME, _COMMENT, " UNION ALL ".join(parts), _COLUMNS) if parts else None


def _has_public_key(contract: Contract) -> bool:
    public = {field.name for field in contract.public_fields()}
    return bool(contract.primary_key) and public.issuperset(contract.primary_key)


def _select_repeated(contract: Contract) -> str:
    keys = sql.quote_names(contract.primary_key)
    return (
        f"SELECT {sql.quote_text(contract.name)} AS dataset, concat_ws('|', {keys}) AS key, count(*) AS row_count, "
        "string_agg(department || '/' || period, ', ' ORDER BY department, period) AS slices "
        f"FROM main.{sql.quote_name(contract.name)} GROUP BY {keys} HAVING count(*) > 1"
    )
