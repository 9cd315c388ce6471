"""How to reach a CKAN: its address and our keys, as one value, and the file in which a portal of ours leaves them.

Keys are `SecretStr`, so that no log, error or run configuration shows them. Here: the value and the reading. Not here: which
file (that is the edge's business), calling (`api.py`, `datastore.py`).
"""

import json
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from schemas.errors import UsageError
from schemas.text import Text


class Connection(BaseModel):
    """One CKAN as its publisher reaches it. `url` has no slash at its end.

    With `public` (a folder that the portal serves as `files_url`) and `database` (the DataStore's write address) releases are
    immutable files and tables are swapped; without them only the API is used, with weaker promises (`api_only.py`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*[^\s/])?$")
    token: SecretStr
    public: Path | None = None
    files_url: str | None = None
    database: SecretStr | None = None

    @property
    def direct(self) -> bool:
        """Whether files and tables can be placed beside the API."""
        return self.public is not None and self.files_url is not None and self.database is not None


def read_connection(file: Path, token: SecretStr | None = None) -> Connection:
    """The connection in a JSON file: `url`, `token_file`, and for a portal of ours `public`, `files_url`, `database_file`.

    Named files are relative to its folder. `token` comes before `token_file`. UsageError says which file or key is wrong.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        kept = {"token": token or _read_secret(file, told["token_file"])}
        if "database_file" in told:
            kept["database"] = _read_secret(file, told["database_file"])
        if "public" in told:
            told["public"] = (file.parent / told["public"]).resolve()
        plain = {key: value for key, value in told.items() if not key.endswith("_file")}
        return Connection.model_validate({**plain, **kept})
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise _unusable_error(file, wrong) from wrong


def write_private(file: Path, text: str) -> None:
    """The file with this text, readable by its owner alone at every moment; a half-written one never shows."""
    aside = file.with_name(f".{file.name}.new")
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 -- a descriptor, not a path
        out.write(text)
    aside.replace(file)


def _read_secret(file: Path, name: str) -> SecretStr:
    return SecretStr((file.parent / name).read_text(encoding="ascii").strip())


def _unusable_error(file: Path, wrong: Exception) -> UsageError:
    """Which key is wrong, and never what it holds."""
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
