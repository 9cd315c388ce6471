"""The kinds of engines that settings and commands may name. Apart from the engines, so that `--help` loads none of them."""

from enum import StrEnum


class EngineKind(StrEnum):
    """Where work is done that falls into many units."""

    local = "local"
    spark = "spark"
