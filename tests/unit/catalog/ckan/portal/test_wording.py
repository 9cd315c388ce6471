"""What the portal's words know of the contracts: the module runs inside CKAN, so its constants are read from its file."""

import ast
from pathlib import Path
from typing import get_args

import catalog.ckan
from schemas.policy import Family

PLUGIN = Path(catalog.ckan.__file__).parent / "portal" / "ckanext-zhportal" / "ckanext" / "zhportal"


def test_the_portal_knows_every_family_of_datasets_in_its_order():
    module = ast.parse((PLUGIN / "wording.py").read_text(encoding="utf-8"))
    (families,) = (
        ast.literal_eval(line.value)
        for line in module.body
        if isinstance(line, ast.Assign) and [ast.unparse(one) for one in line.targets] == ["FAMILIES"]
    )
    assert families == get_args(Family)
