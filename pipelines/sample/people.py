"""The sample's people, all invented and named so: who hands in, reviews and decides in a home with sample data.

Not here: what they decide (`pipelines/review/sample_review.py`).
"""

from pathlib import Path

from schemas.people import SYSTEM_NAME, Person, format_people
from warehouse.atomic_files import write_atomically

BUREAU = "ln-bangongshi"
SAMPLE_PEOPLE = (
    Person(name=SYSTEM_NAME, roles=("system",)),
    Person(name="示例填报员", roles=("clerk",), departments=("210100",), synthetic=True),
    Person(name="示例管理员", roles=("steward",), departments=(BUREAU,), synthetic=True),
    Person(name="示例审查员", roles=("confidentiality",), departments=(BUREAU,), synthetic=True),
    Person(name="示例负责人", roles=("head",), departments=(BUREAU,), synthetic=True),
    Person(name="示例运维员", roles=("operator",), departments=(BUREAU,), synthetic=True),
)
_HEADING = "# 示例人员（虚构）。 Sample people, all invented.\n"


def write_sample_people(file: Path) -> bool:
    """Writes the sample's people unless there is a list of people already; returns whether it was written."""
    if file.exists():
        return False
    write_atomically(file, format_people(SAMPLE_PEOPLE, _HEADING))
    return True
