"""The result of checking one file or one table's cells, as values, and what is said instead if the prefilter cannot give one.

Imports neither Arrow, numpy nor frictionless. Not here: the checks.
"""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from quality.findings import Finding


class UnsuitedForPrefilter(Exception):
    """Only frictionless itself can check this; the message says why."""


class CellOverflow(NamedTuple):
    """A cell without error whose value its typed column cannot hold; the column has null there."""

    row: int
    field: str
    value: str


class FileConformance(BaseModel):
    """What frictionless reports about one file, and how the file was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: list[Finding]
    encoding: str | None
    format: str
    rows: int
    typed: bool = False
    """Whether all the typed rows that were requested have been delivered."""
    overflows: list[CellOverflow] = []
