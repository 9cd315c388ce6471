"""What a static site remembers of itself: which entries it shows, with which files, and which datasets it has retired.

One JSON file at the root of the site. Here: its models, reading and writing. Not here: deciding or drawing.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import CatalogueError
from schemas.text import Text


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShownDataset(_Frozen):
    """One dataset on show; `files` are its pages and released files with their SHA-256."""

    fingerprint: str
    release: str
    title: Text
    synthetic: bool
    files: Mapping[str, str]


class RetiredDataset(_Frozen):
    """One dataset no longer offered: what it was called, the last release on show, and why and since when, where that was said."""

    title: Text
    release: str
    synthetic: bool
    reason: Text | None = None
    on: date | None = None
    successor: str | None = None


class SiteState(_Frozen):
    """The whole site. `look` is the hash of the templates it was drawn with, `site` the files of no dataset on show: front pages, tombstones."""

    look: str = ""
    site: Mapping[str, str] = {}
    shown: Mapping[str, ShownDataset] = {}
    retired: Mapping[str, RetiredDataset] = {}

    def to_json(self) -> str:
        """As the file holds it."""
        return self.model_dump_json(indent=1) + "\n"


def read_state(file: Path) -> SiteState:
    """The state in that file, that of an empty site if there is none; CatalogueError if somebody else has written in it."""
    try:
        return SiteState.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return SiteState()
    except ValidationError as wrong:
        raise CatalogueError(
            Text(
                zh=f"静态目录的 {file.name} 被改动，无法读取；请删除该文件后重新发布，目录会重新生成",
                en=f"{file.name} of the static catalogue was changed and cannot be read; delete it and publish again",
            )
        ) from wrong
