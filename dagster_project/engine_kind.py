"""The kinds of engines that settings and commands may name, and how an address is told. Apart from the engines, so that `--help` loads none of them."""

from enum import StrEnum


class EngineKind(StrEnum):
    """Where work is done that falls into many units."""

    local = "local"
    spark = "spark"


def hide_parameters(address: str) -> str:
    """Returns the address of a server without its parameters (`;token=…`), for messages."""
    return address.partition(";")[0].rstrip("/")
