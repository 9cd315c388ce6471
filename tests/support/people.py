"""The people of tests: `tester` decides about hand-ins and data, `reviewer` reviews, `automat` is the system account.

Not here: the sample's people (`pipelines/sample/people.py`).
"""

from pathlib import Path

from pipelines.workspace import Workspace
from schemas.people import Person, format_people
from schemas.recipients import Recipients, read_recipients

PEOPLE = (
    Person(name="automat", roles=("system",)),
    Person(name="tester", roles=("steward", "head")),
    Person(name="reviewer", roles=("confidentiality",)),
    Person(name="clerk", roles=("clerk",), departments=("210100",)),
)


def write_people(home: Path, *people: Person) -> Path:
    """A list of people in that home, by default those above; one that is there stays."""
    file = home / "people.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_text(format_people(people or PEOPLE), encoding="utf-8")
    return file


def recipients_with(workspace: Workspace, text: str) -> Recipients:
    """Who gets alerts of the installation, as its file of recipients says; the text becomes that file."""
    workspace.layout.recipients.write_text(text, encoding="utf-8")
    return read_recipients(workspace.layout.recipients, workspace.departments)
