"""How the platform builds the rows of a dataset by itself: the `built` key of a contract.

A contract with it says what its rows are as one query of DuckDB. Not here: running the query (`pipelines/built_datasets`).
"""

from typing import Literal

from pydantic import Field

from schemas.frozen_model import FrozenModel

PlatformTable = Literal["catalogue", "releases", "negative_list"]
"""What the platform knows of itself; columns: `pipelines/built_datasets/platform_tables.py`."""


class Built(FrozenModel):
    """A query over what stands in the lake, and over what the platform knows of itself.

    The query is one SELECT of DuckDB whose columns are the fields of the contract, by name. It reads the tables that are named
    here: each dataset under its name with its fields, `department` and `period`; each code list as `codes_<name>`; each table of
    the platform as `platform_<name>`. `platform_run` has one row: `today`, the day of the run, and
    `period`, the period of the slice that contains it.
    """

    datasets: tuple[str, ...] = Field(default=(), description="datasets whose standing rows the query reads")
    codelists: tuple[str, ...] = Field(default=(), description="code lists that the query reads")
    platform: tuple[PlatformTable, ...] = Field(
        default=(), description="tables about the platform itself that the query reads"
    )
    query: str = Field(min_length=1, description="one SELECT of DuckDB; its columns are the fields of the contract")
