"""Parts of a package: texts in attributes."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from pipelines.annotated_workbook.xlsx_package import quote_attribute

WRITABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r\"'<&>")
)


@given(text=WRITABLE)
def test_an_attribute_is_read_back_as_it_was(text: str) -> None:
    assert ET.fromstring(f"<sheet name={quote_attribute(text)}/>").get("name") == text  # noqa: S314 -- made here
