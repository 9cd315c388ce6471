"""Inheritance of contracts: `bureau.yaml` is merged under a contract, which states only its own properties.

A contract inherits if it has `sportlake: {extends: bureau}`, wherever its file is; a descriptor without `sportlake:` never
does. Mappings are merged key by key, in the parent's order. Any other value of the contract replaces the inherited one: lists,
texts in two languages, `not_applicable`. A null removes the inherited key. The one resource is merged with the parent's; a
field with `sportlake: {extends: bureau}` is merged with the parent's field of the same name. The result extends nothing.
Not here: the default texts of rules (`schemas/rules/rule_texts.py`).
"""

import pickle
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

from schemas.execution.kept_yaml import read_yaml

PARENTS = ("bureau",)
"""What a contract may extend: names of YAML files in this folder."""
EXTENDS = "extends"
DATASET = "<name>"
"""Replaced by the dataset's name in the parent's resource."""
_SINGLE_VALUES = ({"zh", "en"}, {"not_applicable"})

Descriptor = dict[str, Any]


def resolve_inheritance(descriptor: Mapping[str, Any]) -> Descriptor:
    """Returns the descriptor with everything that it inherits; a copy of it if it extends nothing.

    ValueError if the parent, or the parent's field, does not exist; KeyError without `name`, `resources` or `fields`.
    """
    if not _extends(descriptor):
        return dict(descriptor)
    parent = read_parent(descriptor["sportlake"][EXTENDS])
    resource = _fill_in_dataset(parent["resources"][0], descriptor["name"])
    whole = merge_descriptors(parent, descriptor)
    whole["resources"] = [_merge_resource(resource, own) for own in descriptor["resources"]]
    del whole["sportlake"][EXTENDS]
    return whole


def merge_descriptors(parent: Mapping[str, Any], own: Mapping[str, Any]) -> Descriptor:
    """Returns `own` merged over `parent`: keys in the parent's order, then the others of `own`; keys with null are left out."""
    merged: Descriptor = {}
    for key in dict.fromkeys([*parent, *own]):
        inherited = parent.get(key)
        own_value = own.get(key, {} if is_mergeable(inherited) else inherited)
        if is_mergeable(inherited) and is_mergeable(own_value):
            own_value = merge_descriptors(inherited, own_value)
        merged[key] = own_value
    return {key: value for key, value in merged.items() if value is not None}


def is_mergeable(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether the value is a mapping that is merged; texts in two languages and `not_applicable` are not."""
    if not isinstance(value, Mapping):
        return False
    return not value or not any(value.keys() <= keys for keys in _SINGLE_VALUES)


def read_parent(name: str) -> Descriptor:
    """Returns the parent of that name, a copy that the caller may change; ValueError names those that exist."""
    if name not in PARENTS:
        raise ValueError(f"extends: there is no {name!r} to extend; there are: {', '.join(PARENTS)}")
    parent: Descriptor = pickle.loads(_load_parent(name))  # noqa: S301 -- made below
    return parent


@cache
def _load_parent(name: str) -> bytes:
    """Returns the parent pickled: each contract takes a copy, which `deepcopy` makes in eight times the time."""
    return pickle.dumps(read_yaml(Path(__file__).with_name(f"{name}.yaml")))


def _extends(part: object) -> bool:
    """Whether a descriptor, or a field of one, extends a parent."""
    policy = part.get("sportlake") if isinstance(part, Mapping) else None
    return isinstance(policy, Mapping) and EXTENDS in policy


def _fill_in_dataset(resource: Mapping[str, Any], dataset: str) -> Descriptor:
    return {
        key: value.replace(DATASET, dataset) if isinstance(value, str) else value for key, value in resource.items()
    }


def _merge_resource(parent: Mapping[str, Any], own: Mapping[str, Any]) -> Descriptor:
    templates = {field["name"]: field for field in parent["schema"]["fields"]}
    merged = merge_descriptors(parent, own)
    merged["schema"]["fields"] = [
        _merge_field(templates, field) if _extends(field) else field for field in own["schema"]["fields"]
    ]
    return merged


def _merge_field(templates: Mapping[str, Descriptor], own: Mapping[str, Any]) -> Descriptor:
    if own["name"] not in templates:
        raise ValueError(f"field {own['name']} extends nothing; the fields to extend are: {', '.join(templates)}")
    merged = merge_descriptors(templates[own["name"]], own)
    del merged["sportlake"][EXTENDS]
    return merged
