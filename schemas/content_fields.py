"""The content fields of a contract: those that describe what a row is about, independent of who hands it in and for which period.

Two rows that agree in them are the same record even if key, area, office or year were changed: that is how rows handed in twice
are recognised. Left out: the primary key; codes (code lists, credit codes, areas, references to other datasets), because they
repeat in honest tables and are what a copy changes; fields of the period; fields that are repeated for every row of an account or
office (`consistent_within`); hours, because half the halls open at nine. Not here: comparing rows.
"""

from functools import lru_cache

from schemas.contract import Contract, Field
from schemas.rules.group_rules import ConsistentWithin
from schemas.rules.rules import CreditCode, InArea, InDataset, InPeriod

MOMENTS = frozenset({"date", "datetime"})
"""Types that a copy of last year's rows changes by habit: they are content only where everything else agrees too."""
_NEVER = frozenset({"year", "yearmonth", "time"})


@lru_cache(maxsize=256)
def content_fields(contract: Contract) -> tuple[Field, ...]:
    """Returns the content fields in the order of the contract; may be empty."""
    outside = set(contract.primary_key)
    for rule in contract.rules:
        if isinstance(rule, InPeriod | InArea | CreditCode):
            outside.add(rule.field)
        elif isinstance(rule, InDataset):
            outside |= set(rule.fields)
        elif isinstance(rule, ConsistentWithin):
            outside |= {rule.key, *rule.fields}
    return tuple(
        field
        for field in contract.fields
        if field.name not in outside and not field.policy.codelist and field.type not in _NEVER
    )


@lru_cache(maxsize=8192)
def shared_content(contract: Contract, other: Contract) -> tuple[Field, ...]:
    """Returns the content fields of `contract` that are also content fields, with the same name and type, of `other`."""
    there = {(field.name, field.type) for field in content_fields(other)}
    return tuple(field for field in content_fields(contract) if (field.name, field.type) in there)
