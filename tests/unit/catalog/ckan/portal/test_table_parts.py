"""Which resources of a portal's dataset are parts of a table: the module runs inside CKAN, is pure, and so is loaded here from its file."""

import runpy
from pathlib import Path

import catalog.ckan

PLUGIN = Path(catalog.ckan.__file__).parent / "portal" / "ckanext-zhportal" / "ckanext" / "zhportal"
list_table_parts = runpy.run_path(str(PLUGIN / "table_parts.py"))["list_table_parts"]


def test_parts_are_told_from_whole_tables_papers_and_files_of_others():
    kinds = [{"kind": "parquet-1"}, {"kind": "parquet-2"}, {"kind": "parquet"}, {"kind": "changes"}, {"kind": None}, {}]
    assert list_table_parts(kinds) == kinds[:2]
    assert list_table_parts([]) == []
