"""Settings from the environment: paths, actor, clock. The only module that reads the `SPORTLAKE_…` variables.

Here too: the switch that turns off Great Expectations' telemetry (Dagster's is in `instance.py`). Not here: paths below
the home (`warehouse/layout.py`).
"""

import getpass
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.contract import FOLDER
from schemas.errors import UsageError
from schemas.text import Text

# Great Expectations reads this at import, so it must be set before any import of it.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _current_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has a number and no name
        return f"uid-{os.getuid()}"


class Settings(BaseSettings):
    """One installation. `clock` fixes the time, for demos and tests; `contracts` is the folder of the YAML files.

    `ckan` is a connection file; without it `ckan/connection.json` below the home is used, if it exists. `ckan_token`
    takes precedence over the token that the file names; each process reads it from the environment, and it is written
    nowhere. Links to receipts in Dagster name `receipts_port`; `sportlake dagster` answers there.
    """

    model_config = SettingsConfigDict(env_prefix="SPORTLAKE_", frozen=True, extra="ignore")

    home: Path = Path("var")
    clock: AwareDatetime | None = None
    who: str = Field(default_factory=_current_user, min_length=1, max_length=100)
    contracts: Path = FOLDER
    ckan: Path | None = None
    ckan_token: SecretStr | None = Field(default=None, repr=False)
    receipts_port: int = Field(default=3001, ge=1, le=65535)

    @field_validator("home", "contracts", "ckan")
    @classmethod
    def _make_absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().resolve() if path else None

    @property
    def connection_file(self) -> Path | None:
        """The connection file of the CKAN; None if there is no CKAN."""
        usual = self.home / "ckan" / "connection.json"
        return self.ckan or (usual if usual.is_file() else None)

    def current_time(self) -> datetime:
        """Returns the current time, in the time zone of the workspace (Asia/Shanghai)."""
        return (self.clock or datetime.now(SHANGHAI)).astimezone(SHANGHAI)


def read_settings() -> Settings:
    """Returns the settings of the environment; UsageError names the variable that cannot be used and why."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = f"SPORTLAKE_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise UsageError(
            Text(zh=f"环境变量 {name} 有误：{first['msg']}", en=f"{name} cannot be used: {first['msg']}")
        ) from wrong
