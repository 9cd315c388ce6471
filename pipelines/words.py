"""What a contract says of its deliveries, in words: who hands in, how often, by when. For the template and the guide.

Not here: what a single field asks for (`asked.py`).
"""

from collections.abc import Mapping

from catalog.core import words
from schemas.contract import Contract
from schemas.departments import Department
from schemas.text import Text

_KINDS = {
    "city_bureau": Text(zh="各市体育局", en="the city sports bureaus"),
    "province_unit": Text(zh="省体育局各处室和直属单位", en="the units of the provincial sports bureau"),
}


def submitters(contract: Contract, departments: Mapping[str, Department]) -> Text:
    """Who hands in."""
    named = [_KINDS[who] if who in _KINDS else departments[who].name for who in contract.policy.submitters]
    return Text(zh="、".join(text.zh for text in named), en=", ".join(text.en for text in named))


def cadence(contract: Contract) -> Text:
    """How often."""
    return words()[f"cycle.{contract.policy.cadence}"]


def due(contract: Contract) -> Text:
    """By when, and which clause says so."""
    limit = contract.policy.time_limit
    days = Text(zh="个工作日", en="working days") if limit.kind == "working" else Text(zh="日", en="days")
    return Text(
        zh=f"自{limit.trigger.zh}起 {limit.days} {days.zh}内（{limit.source}{limit.clause}）",
        en=f"within {limit.days} {days.en} of {limit.trigger.en} ({limit.source} {limit.clause})",
    )


def period_example(contract: Contract) -> str:
    """A period as the file name must write it."""
    return {"year": "2026", "quarter": "2026-Q3", "month": "2026-11"}[contract.policy.slice.period]
