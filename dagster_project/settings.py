"""Settings from the environment: paths, who acts, clock. The only module that reads the `SPORTLAKE_…` variables.

Here too: the switch that turns off Great Expectations' telemetry (Dagster's is in `instance.py`). Not here: paths below
the home (`warehouse/layout.py`).
"""

import os
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from dagster_project.engine_kind import EngineKind
from dagster_project.receipt_ports import last_port
from schemas.contract import FOLDER
from schemas.errors import UsageError
from schemas.frozen_model import FrozenModel
from schemas.table_parts import PART_ROWS, PARTS_FROM
from schemas.text import Text
from warehouse.layout import Layout

if TYPE_CHECKING:
    from warehouse.storage.object_store import BucketAddress

# Great Expectations reads this at import, so it must be set before any import of it.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_PROCESSES = 256
_UNSAFE_IN_HOME = re.compile(r"[*?\[\\]|%[0-9A-Fa-f]{2}")
ExecutorName = Literal["in_process", "multiprocess", "celery", "kubernetes"]
_AWS = {
    "AWS_ENDPOINT_URL": "storage_endpoint",
    "AWS_ENDPOINT_URL_S3": "storage_endpoint",
    "AWS_DEFAULT_REGION": "storage_region",
    "AWS_REGION": "storage_region",
    "AWS_ACCESS_KEY_ID": "storage_key_id",
    "AWS_SECRET_ACCESS_KEY": "storage_secret",
    "AWS_SESSION_TOKEN": "storage_token",
}
"""Variables of AWS's own tools, the more special ones last."""


class Settings(FrozenModel):
    """One installation. What is not given is read from the environment. `clock` fixes the time, for demos and tests; `contracts` is the folder of the YAML files.

    `who` is the person who acts (`SPORTLAKE_AS` or `--as`; `SPORTLAKE_WHO`, its name in version 0.2, is read too); without it
    the system account acts.

    `ckan` is a connection file; without it `ckan/connection.json` below the home is used, if it exists. `ckan_token`
    takes precedence over the token that the file names; each process reads it from the environment, and it is written
    nowhere. Links to receipts in Dagster name `receipts_port`, by default the one at which `sportlake dagster` answered last.

    `site_url` is the address at which the static catalogue is served; with it every address in its documents is absolute.

    `browser_packages` is the folder of the npm packages that pages with whole tables use, by default where `make setup` puts them; if it
    is not there, the static catalogue lacks these pages.

    `engine` does the work that falls into many units: `local`, in so many `processes` (1: in the process itself), or `spark`, at the address
    `spark_remote` (`SPARK_REMOTE`, as Spark's own programs call it). A CSV file of `ranges_from` bytes or more that is checked by a plain descriptor is given to it in ranges,
    and of a hand-in of that size the checks of single cells. Relations of a dataset with `relations_from` rows or more to others are asked on it in shards of about so many rows.
    A release of `release_parts_from` rows or more is written by it as Parquet parts of `release_part_rows` rows, and in no other format.

    `ledger_url` is the ledger that several hosts share, `postgresql://user:password@host/database`; each process reads it from the
    environment, and it is written nowhere. Without it the ledger is a file below the home.

    `dagster_url` is the PostgreSQL that keeps Dagster's memory of runs where several hosts share it, `executor` who executes the steps of
    runs that Dagster starts, and `broker_url` the Redis from which Celery's workers take them.

    `storage` is the bucket, `s3://bucket/prefix`, that holds lake, originals, receipts and releases; without it they are below the home only.
    Endpoint, region and credentials are read from the usual `AWS_…` variables, and written nowhere.

    `timestamp_url` is an RFC 3161 authority that stamps the ledger's head after each run; `timestamp_root` its root certificate (PEM).
    """

    model_config = ConfigDict(extra="ignore", validate_default=True)

    home: Path = Path("var")
    clock: AwareDatetime | None = None
    who: str | None = Field(default=None, min_length=1, max_length=100)
    contracts: Path = FOLDER
    ckan: Path | None = None
    ckan_token: SecretStr | None = Field(default=None, repr=False)
    receipts_port: int = Field(default_factory=lambda known: last_port(Layout(known["home"])), ge=1, le=65535)
    site_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    browser_packages: Path = Path(sys.prefix) / "browser" / "node_modules"
    ledger_url: SecretStr | None = Field(default=None, repr=False)
    dagster_url: SecretStr | None = Field(default=None, repr=False)
    executor: ExecutorName = "in_process"
    broker_url: SecretStr | None = Field(default=None, repr=False)
    storage: str | None = Field(default=None, pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?$")
    storage_endpoint: str | None = Field(default=None, pattern=r"^https?://\S+$")
    storage_region: str | None = None
    storage_key_id: str | None = None
    storage_secret: SecretStr | None = Field(default=None, repr=False)
    storage_token: SecretStr | None = Field(default=None, repr=False)
    timestamp_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    timestamp_root: Path | None = None
    engine: EngineKind = EngineKind.local
    processes: int = Field(default=1, ge=1, le=MOST_PROCESSES)
    spark_remote: str | None = None
    ranges_from: int = Field(default=256 << 20, ge=1 << 20)
    relations_from: int = Field(default=1_000_000, ge=1000)
    release_parts_from: int = Field(default=PARTS_FROM, ge=1)
    release_part_rows: int = Field(default=PART_ROWS, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _add_environment(cls, given: Mapping[str, object]) -> dict[str, object]:
        names = {f"SPORTLAKE_{name.upper()}": name for name in cls.model_fields} | {"SPORTLAKE_AS": "who"}
        names |= {"SPARK_REMOTE": names.pop("SPORTLAKE_SPARK_REMOTE")}
        names |= _AWS
        return {name: os.environ[variable] for variable, name in names.items() if variable in os.environ} | {**given}

    @field_validator("home", "contracts", "ckan", "browser_packages", "timestamp_root")
    @classmethod
    def _make_absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().resolve() if path else None

    @field_validator("home")
    @classmethod
    def _require_plain_path(cls, home: Path) -> Path:
        # DuckDB reads the first four in any path, also a bound one, as patterns or a separator, and might read another folder; Dagster and
        # delta-rs read % before two digits as an escape of an address.
        if wrong := {*_UNSAFE_IN_HOME.findall(str(home))}:
            raise ValueError(f"路径中不能有 the path must not have {' '.join(sorted(wrong))}: {home}")
        return home

    @model_validator(mode="after")
    def _require_broker(self) -> "Settings":
        if self.executor == "celery" and self.broker_url is None:
            raise ValueError("SPORTLAKE_EXECUTOR=celery: SPORTLAKE_BROKER_URL=redis://host:port/0")
        return self

    @field_validator("ledger_url", "dagster_url")
    @classmethod
    def _require_postgresql(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None and not address.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("postgresql://user:password@host:port/database")
        return address

    @field_validator("broker_url")
    @classmethod
    def _require_port(cls, address: SecretStr | None) -> SecretStr | None:
        try:
            _ = urlsplit(address.get_secret_value()).port if address else None
        except ValueError:  # says a part of the password, where `/` or `:` in it ends the host
            raise ValueError("redis://:password@host:port/0, with / : @ in the password as %2F %3A %40") from None
        return address

    @property
    def ledger_address(self) -> str | None:
        """The address of the ledger that several hosts share; None if there is no such ledger."""
        return self.ledger_url.get_secret_value() if self.ledger_url else None

    @property
    def bucket(self) -> "BucketAddress | None":
        """The bucket that holds what is durable, with credentials; None if that is the home alone."""
        if self.storage is None:
            return None
        from warehouse.storage.object_store import BucketAddress  # noqa: PLC0415 -- most installations have no bucket

        secret, token = (one.get_secret_value() if one else None for one in (self.storage_secret, self.storage_token))
        return BucketAddress(
            self.storage, self.storage_endpoint, self.storage_region, self.storage_key_id, secret, token
        )

    @property
    def connection_file(self) -> Path | None:
        """The connection file of the CKAN; None if there is no CKAN."""
        usual = self.home / "ckan" / "connection.json"
        return self.ckan or (usual if usual.is_file() else None)

    def current_time(self) -> datetime:
        """Returns the current time, in the time zone of the workspace (Asia/Shanghai)."""
        return (self.clock or datetime.now(SHANGHAI)).astimezone(SHANGHAI)


def read_settings(acting_as: str | None = None) -> Settings:
    """Returns the settings of the environment; `acting_as` comes before its `SPORTLAKE_AS`.

    UsageError names the variable that cannot be used and why.
    """
    try:
        return Settings() if acting_as is None else Settings(who=acting_as)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        part = "_".join(str(part) for part in first["loc"]).upper().removeprefix("SPORTLAKE_")
        name = next(
            (known for known, field in _AWS.items() if field.upper() == part),
            f"SPORTLAKE_{'AS' if part == 'WHO' else part}",
        )
        raise UsageError(
            Text(zh=f"环境变量 {name} 有误：{first['msg']}", en=f"{name} cannot be used: {first['msg']}")
        ) from wrong
