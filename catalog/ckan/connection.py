"""Connection settings of a CKAN: its address and our keys as one value, and the JSON file that holds them.

Keys are `SecretStr`, so no log, error or run configuration contains them. Not here: which file to read
(`dagster_project` decides), calling (`api.py`, `datastore/`).
"""

import json
import os
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError

from catalog.durable_files import replace_durably
from schemas.errors import UsageError
from schemas.frozen_model import FrozenModel
from schemas.text import Text


class Connection(FrozenModel):
    """One CKAN as its publisher reaches it. `url` has no trailing slash.

    With `public` (a folder that the portal serves as `files_url`) and `database` (the DataStore's write address)
    releases are immutable files and tables are swapped; without them only the API is used, with weaker guarantees
    (`api_only.py`).
    """

    url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*[^\s/])?$")
    token: SecretStr
    public: Path | None = None
    files_url: str | None = None
    database: SecretStr | None = None

    @property
    def direct(self) -> bool:
        """Whether files and tables can be written without the API."""
        return self.public is not None and self.files_url is not None and self.database is not None


def read_connection(file: Path, token: SecretStr | None = None) -> Connection:
    """Reads the connection from a JSON file: `url`, `token_file`; for ours `public`, `files_url`, `database_file`.

    Named files are relative to its folder. `token` takes precedence over `token_file`.

    Raises:
        UsageError: A file or key is wrong; the message names it.
    """
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        kept = {"token": token or _read_secret(file, values["token_file"])}
        if "database_file" in values:
            kept["database"] = _read_secret(file, values["database_file"])
        if "public" in values:
            values["public"] = (file.parent / values["public"]).resolve()
        plain = {key: value for key, value in values.items() if not key.endswith("_file")}
        return Connection.model_validate({**plain, **kept})
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise _unusable_error(file, wrong) from wrong


def write_private(file: Path, text: str) -> None:
    """Writes the file atomically and durably; at every moment only its owner can read it."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 -- a descriptor, not a path
        out.write(text)
    replace_durably(temporary, file)


def _read_secret(file: Path, name: str) -> SecretStr:
    return SecretStr((file.parent / name).read_text(encoding="ascii").strip())


def _unusable_error(file: Path, wrong: Exception) -> UsageError:
    """Names the wrong key, never its value."""
    if isinstance(wrong, ValidationError):
        what = "; ".join(".".join(str(part) for part in error["loc"]) + f": {error['msg']}" for error in wrong.errors())
    else:
        what = f"{type(wrong).__name__}: {wrong}"
    return UsageError(
        Text(
            zh=f"{file.name} 不能用来连接 CKAN（{what}）；请运行 make ckan，或按 README 写好该文件",
            en=f"{file.name} cannot be used to reach a CKAN ({what}); run make ckan, or write it as the README says",
        )
    )
