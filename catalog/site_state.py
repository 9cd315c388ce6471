"""The stored state of a static site: visible entries with their files, and retired datasets.

The state is one JSON file at the root of the site; this module holds its models, parsing and serialisation.
Not here: planning changes, drawing pages.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from schemas.errors import CatalogueError
from schemas.frozen_model import FrozenModel
from schemas.text import Text


class ShownDataset(FrozenModel):
    """One visible dataset; `files` maps its pages and released files to their SHA-256. `picture` is the title of its chart's file, if it has one."""

    fingerprint: str
    release: str
    title: Text
    synthetic: bool
    files: Mapping[str, str]
    picture: Text | None = None


class RetiredDataset(FrozenModel):
    """One retired dataset. `release` is the last visible one; reason, day, moment and successor are None if not given."""

    title: Text
    release: str
    synthetic: bool
    reason: Text | None = None
    on: date | None = None
    at: datetime | None = None
    successor: str | None = None


class SiteState(FrozenModel):
    """The state of the whole site.

    `look` is the hash of the templates it was drawn with. `site` maps the files that belong to no visible dataset
    (front pages, stylesheet, machine-readable catalogues, exports, tombstones) to their SHA-256. `exports` maps each export, and each data file of a finder, to
    the key of what it was made from, so that it is made again only if that changed.
    """

    look: str = ""
    site: Mapping[str, str] = {}
    exports: Mapping[str, str] = {}
    shown: Mapping[str, ShownDataset] = {}
    retired: Mapping[str, RetiredDataset] = {}

    def to_json(self) -> str:
        """The content of the state file."""
        return self.model_dump_json(indent=1) + "\n"


def read_state(file: Path) -> SiteState:
    """The state in that file; an empty state if there is no file. CatalogueError if the content is invalid."""
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
