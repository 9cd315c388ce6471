"""CKAN's own Solr schema, with Chinese analysis for its two text types and two fields of ours.

make_schema.py [--stock] OUT, run with the Python that has CKAN. Not here: Solr's configuration (`conf/`).
"""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
import argparse
import importlib.util
from pathlib import Path

ANALYZER = """<fieldType name="{name}" class="solr.TextField" positionIncrementGap="100">
        <analyzer type="index">
            <charFilter class="solr.MappingCharFilterFactory" mapping="mapping.txt"/>
            <tokenizer name="standard"/>
            <filter name="cjkWidth"/>
            <filter class="solr.LowerCaseFilterFactory"/>
            <filter name="cjkBigram" outputUnigrams="true"/>
            {stem}
        </analyzer>
        <analyzer type="query">
            <charFilter class="solr.MappingCharFilterFactory" mapping="mapping.txt"/>
            <tokenizer name="standard"/>
            <filter name="cjkWidth"/>
            <filter class="solr.LowerCaseFilterFactory"/>
            <filter name="cjkBigram"/>
            {stem}
        </analyzer>
    </fieldType>"""

STEM = (
    '<filter class="solr.SnowballPorterFilterFactory" language="English" protected="protwords.txt"/>'
    '<filter class="solr.ASCIIFoldingFilterFactory"/>'
)

FIELDS = """<field name="zhportal_words" type="text" indexed="true" stored="false" omitNorms="true"/>
    <field name="zhportal_rows" type="int" indexed="true" stored="false" docValues="true"/>
    """
"""The words of the rows, without norms: a dataset of many words would stand last for each of them. And the number of rows, for the order of equals."""


def chinese(schema: str) -> str:
    """Returns the schema with our fields and new analyzers for the types `text` (stemmed) and `text_general` (not stemmed); SystemExit if it lacks one."""
    for name, stem in (("text", STEM), ("text_general", "")):
        begin, found, rest = schema.partition(f'<fieldType name="{name}" class="solr.TextField"')
        _, closed, end = rest.partition("</fieldType>")
        if not (found and closed):
            raise SystemExit(f"CKAN's schema has no fieldType {name!r} any more")
        schema = begin + ANALYZER.format(name=name, stem=stem) + end
    begin, found, end = schema.partition('<dynamicField name="extras_*"')
    if not found:
        raise SystemExit("CKAN's schema has no field extras_* any more")
    return begin + FIELDS + found + end


if __name__ == "__main__":
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--stock", action="store_true", help="CKAN's schema untouched, to compare")
    cli.add_argument("out", type=Path)
    args = cli.parse_args()
    source = Path(importlib.util.find_spec("ckan").origin).parent / "config/solr/schema.xml"
    schema = source.read_text(encoding="utf-8")
    args.out.write_text(schema if args.stock else chinese(schema), encoding="utf-8")
