"""Numbers of releases, `<year>.<month>.<count>`, and their order. Not here: giving a release its number (`warehouse/releases/freezing.py`)."""


def release_order(number: str) -> list[int]:
    """Returns what sorts numbers of releases by age: 2026.10.1 is after 2026.9.2. ValueError if a part is no whole number."""
    return [int(part) for part in number.split(".")]
