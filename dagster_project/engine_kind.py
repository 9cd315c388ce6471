"""The kinds of engines that settings and commands may name, and how an address is shown. Apart from the engines, so that `--help` loads none of them."""

from enum import StrEnum
from typing import NamedTuple


class EngineKind(StrEnum):
    """Where work is done that falls into many units."""

    local = "local"
    spark = "spark"


class EngineChoice(NamedTuple):
    """What settings say of the engine; the fields are those of `Settings`."""

    engine: EngineKind
    processes: int
    spark_remote: str | None
    ranges_from: int
    relations_from: int
    release_parts_from: int
    release_part_rows: int

    @property
    def is_this_process(self) -> bool:
        """Whether everything is done in the process itself, as it is by default."""
        return self.engine is EngineKind.local and self.processes == 1


def hide_parameters(address: str) -> str:
    """Returns the address of a server without its parameters (`;token=…`), for messages."""
    return address.partition(";")[0].rstrip("/")
