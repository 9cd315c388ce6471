"""What the outside decides: where things lie, who acts, what time it is. Read from `SPORTLAKE_…` variables, here and nowhere else.

Here too: the switch that keeps Great Expectations from calling home (Dagster's is in `instance.py`). Not here: paths below
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

# Great Expectations reads this when it is imported, so it must stand before anything does.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _current_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has a number and no name
        return f"uid-{os.getuid()}"


class Settings(BaseSettings):
    """One installation. `clock` stops the time, for demonstrations and tests; `contracts` is the folder of the YAML files.

    `ckan` is a connection file; without it `ckan/connection.json` below the home is used, if it is there. `ckan_token` comes
    before the token that the file names; it is read anew from the environment by each process and written nowhere.
    """

    model_config = SettingsConfigDict(env_prefix="SPORTLAKE_", frozen=True, extra="ignore")

    home: Path = Path("var")
    clock: AwareDatetime | None = None
    who: str = Field(default_factory=_current_user, min_length=1, max_length=100)
    contracts: Path = FOLDER
    ckan: Path | None = None
    ckan_token: SecretStr | None = Field(default=None, repr=False)

    @field_validator("home", "contracts", "ckan")
    @classmethod
    def _make_absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().resolve() if path else None

    @property
    def connection_file(self) -> Path | None:
        """The file that says how to reach a CKAN; None if there is no CKAN here."""
        usual = self.home / "ckan" / "connection.json"
        return self.ckan or (usual if usual.is_file() else None)

    def current_time(self) -> datetime:
        """The moment, in the time of the house (Asia/Shanghai)."""
        return (self.clock or datetime.now(SHANGHAI)).astimezone(SHANGHAI)


def read_settings() -> Settings:
    """The settings of the environment; UsageError names the variable that cannot be used and why."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = f"SPORTLAKE_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise UsageError(
            Text(zh=f"环境变量 {name} 有误：{first['msg']}", en=f"{name} cannot be used: {first['msg']}")
        ) from wrong
