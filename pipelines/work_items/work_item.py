"""One work item as a value: who must do what about which dataset, since when and until when, with which command or page.

Grain: one thing to do for one department or one role. Here too: the kinds, and the order of a work list. Not here: which items are
open (the finders of this package).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.people import ROLE_NAMES, Role
from schemas.text import Text

ItemKind = Literal[
    "mend",
    "held_back",
    "hand_in",
    "time_limit",
    "dispute",
    "relation",
    "unasked",
    "review",
    "refused",
    "gate",
    "incident",
    "evidence",
    "corrections",
    "drift",
    "venue",
]
KIND_NAMES: dict[ItemKind, Text] = {
    "mend": Text(zh="退回修改", en="sent back"),
    "held_back": Text(zh="部分行暂缓", en="rows held back"),
    "hand_in": Text(zh="待报送", en="to be handed in"),
    "time_limit": Text(zh="法定时限逾期", en="time limit of law missed"),
    "dispute": Text(zh="编码重复", en="disputed key"),
    "relation": Text(zh="与其他数据集不符", en="does not fit another dataset"),
    "unasked": Text(zh="关联关系尚未核对", en="relations not compared yet"),
    "review": Text(zh="待审批", en="to be decided"),
    "refused": Text(zh="审批未同意", en="refused by a reviewer"),
    "gate": Text(zh="发布审核未通过", en="stopped at the gate"),
    "corrections": Text(zh="更正记录有误", en="corrections that cannot be read"),
    "evidence": Text(zh="材料待登记或复核", en="evidence to record or review"),
    "incident": Text(zh="已公开内容的事件", en="incident in what is public"),
    "drift": Text(zh="目录与已发布的版本不一致", en="catalogue differs"),
    "venue": Text(zh="场馆名称待认定", en="venues to confirm"),
}


@dataclass(frozen=True)
class WorkItem:
    """Something that one department or everybody with one role must do; exactly one of `department` and `role` is set.

    `subject`: what it is about, which tells items of the same kind, dataset and owner apart: a receipt number, a slice, a key.
    `dataset` is None for a file that names none. `due` is the last day, None if no rule sets one. `page` is relative to the
    installation's folder; `command` and `page` are "" where there is none.
    """

    kind: ItemKind
    dataset: str | None
    subject: str
    text: Text
    since: date
    department: str | None = None
    role: Role | None = None
    due: date | None = None
    command: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError unless exactly one of department and role is set."""
        if (self.department is None) == (self.role is None):
            raise ValueError(f"{self.kind} {self.subject}: an item is for one department or for one role")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same item tomorrow: who, kind, dataset and subject."""
        return self.department or f"role:{self.role}", self.kind, self.dataset or "", self.subject

    @property
    def kind_name(self) -> Text:
        """How its kind is called."""
        return KIND_NAMES[self.kind]

    @property
    def role_name(self) -> Text | None:
        """How the role is called; None for an item of a department."""
        return ROLE_NAMES[self.role] if self.role else None

    @property
    def owner(self) -> str:
        """The code of the department or the role."""
        return self.department or str(self.role)

    def days_late(self, today: date) -> int:
        """Returns by how many days the last day is over; 0 while it is not, or without one."""
        return max((today - self.due).days, 0) if self.due else 0


def sort_items(items: list[WorkItem]) -> list[WorkItem]:
    """Returns the items, the longest overdue first; those without a last day follow, the oldest first."""
    return sorted(items, key=lambda one: (one.due or date.max, one.since, one.key))
