"""The guide of every contract: complete, in both languages, accessible, offline."""

import html5lib
import pytest

from pipelines.field_help import example_value
from pipelines.guide.guide_files import write_guide
from pipelines.workspace import open_workspace
from schemas.contract import read_contracts
from support.browser import chromium, opened, violations

CONTRACTS = read_contracts()


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    workspace = open_workspace(tmp_path_factory.mktemp("home"), "tester")
    folder = tmp_path_factory.mktemp("guide")
    write_guide(workspace, list(workspace.contracts.values()), folder)
    return folder


def said(path):
    tree = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(path.read_text(encoding="utf-8"))
    return " ".join("".join(tree.itertext()).split())


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_page_says_every_field_and_every_rule_in_both_languages(guide, name):
    contract, text = CONTRACTS[name], said(guide / f"{name}.html")
    for field in contract.fields:
        told = (
            field.title,
            field.policy.title_en,
            field.description,
            field.policy.description_en,
            example_value(field) or "",
        )
        assert all(" ".join(part.split()) in text for part in told), field.name
    for rule in contract.rules:
        assert " ".join(rule.message.zh.split()) in text
        assert " ".join(rule.message.en.split()) in text
    assert contract.policy.catalogue.policy_clause in text
    for protected in contract.policy.disclosure.protected:
        assert contract.get_field(protected).title in text


BUILT = sorted(name for name, contract in CONTRACTS.items() if contract.policy.built)


@pytest.mark.parametrize("name", BUILT)
def test_the_page_of_a_built_dataset_links_to_those_sources_alone_that_were_written(guide, tmp_path, name):
    workspace = open_workspace(tmp_path / "home", "tester")
    write_guide(workspace, [workspace.contracts[name]], tmp_path)
    alone, among_all = ((folder / f"{name}.html").read_text(encoding="utf-8") for folder in (tmp_path, guide))
    for source in CONTRACTS[name].policy.built.datasets:
        assert f'href="{source}.html"' not in alone
        assert f'href="{source}.html"' in among_all
        assert CONTRACTS[source].title.zh in said(tmp_path / f"{name}.html")


def test_a_page_names_the_personal_data_that_is_kept_out_and_the_contacts_of_offices(guide):
    for name, contract in CONTRACTS.items():
        text = said(guide / f"{name}.html")
        assert all(
            word in text
            for word in ("身份证号码", "手机号码", "银行卡号", "个人邮箱", "mobile numbers", "bank card numbers")
        )
        assert ("单位联系方式" in text) == any(field.policy.office_contact for field in contract.fields)
    assert [c.name for c in CONTRACTS.values() if any(f.policy.office_contact for f in c.fields)] == [
        "power_item", "facility_opening", "service_item",
    ]  # fmt: skip


def test_a_second_writing_changes_nothing(guide, tmp_path):
    before = {path.name: path.stat().st_mtime_ns for path in guide.iterdir()}
    workspace = open_workspace(tmp_path, "tester")
    write_guide(workspace, list(workspace.contracts.values()), guide)
    assert {path.name: path.stat().st_mtime_ns for path in guide.iterdir()} == before


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width", "dark"), [("index", 360, False), ("facility", 1024, False), ("event_permit", 360, True)]
)
def test_pages_are_accessible_and_ask_for_nothing(guide, name, width, dark):
    with chromium() as browser, opened(browser, guide / f"{name}.html", width=width, dark=dark) as page:
        assert violations(page) == []
        page.check("#say-en", force=True)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
