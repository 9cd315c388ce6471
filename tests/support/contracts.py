"""Small valid contracts for tests: `contract_with(fields, rules)`, the descriptor behind it, `descriptor_with`, and `SHORT`.

Give what the test is about; the rest is a minimal valid descriptor of one dataset called `sample`. Not here: tables and
rows, and the contracts of the bureau.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from schemas.contract import Contract, parse_contract
from schemas.province import Province

FieldSpec = str | Mapping[str, Any]
NOT_APPLICABLE = {"not_applicable": {"zh": "测试", "en": "a test"}}
POLICY: dict[str, Any] = {
    "family": "facility",
    "title_en": "Sample",
    "description_en": "A sample.",
    "submitters": ["city_bureau", "province_unit"],
    "slice": {"period": "year"},
    "mode": "snapshot",
    "cadence": "yearly",
    "waived_problems": {
        "few-rows": {"zh": "测试用的小表", "en": "small tables for tests"},
        "mostly-empty": {"zh": "测试用的小表", "en": "small tables for tests"},
    },
    "owner": "lnsports",
    "approvals": {"roles": []},
    "time_limit": {
        "trigger": {"zh": "形成之日", "en": "the day it is made"},
        "days": 20,
        "kind": "working",
        "clause": "第二十六条",
        "source": "政府信息公开条例",
    },
    "catalogue": {
        "catalogue_code": NOT_APPLICABLE,
        "index_no": NOT_APPLICABLE,
        "created": "2026-01-01",
        "provider": {
            "name": {"zh": "省体育局", "en": "Provincial Sports Bureau"},
            "uscc": NOT_APPLICABLE,
            "phone": "024-23206016",
            "email": NOT_APPLICABLE,
        },
        "sharing": {
            "type": "unconditional",
            "way": "file",
            "scope": {"zh": "全省", "en": "the province"},
            "use": {"zh": "测试", "en": "a test"},
        },
        "open_type": "open",
        "open_condition": NOT_APPLICABLE,
        "refusal": NOT_APPLICABLE,
        "data_level": 1,
        "data_class": "general",
        "secrecy_review": NOT_APPLICABLE,
        "pia": NOT_APPLICABLE,
        "legal_basis_publish": NOT_APPLICABLE,
        "head_approval": NOT_APPLICABLE,
        "policy_clause": "第二十条",
        "theme": {"zh": "体育", "en": "sport"},
        "source_system": {"zh": "填报", "en": "returns"},
        "source_basis": {"zh": "职责", "en": "duty"},
    },
}

JILIN = Province(
    code="22", name={"zh": "吉林省", "en": "Jilin"}, longitudes=(121.64, 131.31), latitudes=(40.86, 46.3), source="test"
)
"""Another province than the bureau's."""
TEXT = {"zh": "测试", "en": "a test"}
_OWN = ("family", "title_en", "description_en", "submitters", "slice", "mode", "cadence", "owner")
SHORT = {
    "name": "sample",
    "title": "样例",
    "description": "测试用的样例",
    "version": "1.0.0",
    "keywords": ["测试"],
    "resources": [
        {
            "schema": {
                "primaryKey": ["unit_uscc"],
                "fields": [
                    {"name": "unit_uscc", "sportlake": {"extends": "bureau"}},
                    {
                        "name": "admin_code",
                        "description": "所在地",
                        "constraints": {"required": False},
                        "sportlake": {"extends": "bureau", "description_en": "Where it is", "example": "210100"},
                    },
                ],
            }
        }
    ],
    "sportlake": {
        "extends": "bureau",
        **{key: POLICY[key] for key in _OWN},
        "time_limit": {"trigger": TEXT},
        "catalogue": {
            "created": "2026-01-01",
            "provider": {"name": TEXT},
            "sharing": {"use": TEXT},
            "policy_clause": "第二十条",
            "theme": TEXT,
            "source_system": TEXT,
            "source_basis": TEXT,
        },
    },
}
"""A contract that extends the bureau and says no more than it must."""


def contract_with(fields: Iterable[FieldSpec], rules: Iterable[Mapping[str, Any]] = (), **overrides: Any) -> Contract:
    """The contract of `descriptor_with` with the same arguments."""
    return parse_contract(descriptor_with(fields, rules, **overrides))


def descriptor_with(
    fields: Iterable[FieldSpec],
    rules: Iterable[Mapping[str, Any]] = (),
    *,
    name: str = "sample",
    version: str = "1.0.0",
    primary_key: Sequence[str] | None = None,
    missing_values: Sequence[str] = ("",),
    policy: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> dict[str, Any]:
    """A minimal valid descriptor.

    A field is `"name"`, `"name:type"` or a Table Schema mapping, whose `sportlake` key may be left out or partial. A rule is a
    mapping with `kind` and its arguments; `id`, `message` and `source` have defaults. `policy` replaces parts of the `sportlake:`
    key, other keywords replace top-level keys (`title`, `keywords`, …). The primary key is the first field unless given.
    """
    described = [_field(spec) for spec in fields]
    return {
        "name": name,
        "version": version,
        "title": "样例",
        "description": "测试用的样例",
        "keywords": ["测试"],
        "licenses": [{"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "schema": {
                    "fields": described,
                    "primaryKey": list(primary_key or [described[0]["name"]]),
                    "missingValues": list(missing_values),
                },
            }
        ],
        "sportlake": {**deepcopy(POLICY), "rules": [_rule(rule) for rule in rules], **(policy or {})},
        **overrides,
    }  # fmt: skip


def _field(spec: FieldSpec) -> dict[str, Any]:
    if isinstance(spec, str):
        name, _, kind = spec.partition(":")
        spec = {"name": name, "type": kind or "string"}
    about = {"title_en": spec["name"], "description_en": f"the {spec['name']}", **spec.get("sportlake", {})}
    return {
        "type": "string",
        "title": f"{spec['name']}（标题）",
        "description": f"{spec['name']} 的说明",
        **spec,
        "sportlake": about,
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    kind = rule["kind"]
    message = {"zh": f"{kind} 不符：{{value}}", "en": f"{kind} does not hold: {{value}}"}
    return {"id": kind.replace("_", "-"), "message": message, "source": "test", **rule}
