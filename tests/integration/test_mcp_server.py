"""`sportlake mcp`, asked by the client of the official SDK over standard input and output."""

import json
import sys

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from support.commands import ROOT, surroundings

_MAIN = "from dagster_project.cli import app; app()"
HOSTILE = {
    "attach '/tmp/a.duckdb'": "statement",
    "copy facility to '/tmp/a.csv'": "statement",
    "from read_csv('/etc/passwd')": "outside",
    "pragma database_list": "statement",
    "select 1; drop table facility": "statements",
    "select sum(a.range * b.range) from range(1000000) a, range(1000000) b": "time",
}


def converse(home, *calls):
    """The tools of a server for that home, and its answers to calls of (tool, arguments)."""
    command = StdioServerParameters(
        command=sys.executable, args=["-c", _MAIN, "mcp", "--seconds", "2"], cwd=ROOT, env=surroundings(home)
    )

    async def ask():
        async with Client(stdio_client(command)) as client:
            tools = (await client.list_tools()).tools
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(ask)


@pytest.fixture(scope="module")
def answers(analysts_home):
    """What the server says to all calls of this module: starting it takes seconds."""
    calls = {
        "found": ("search", {"question": "sytyg"}),
        "nothing": ("search", {"question": "无此数据"}),
        "described": ("describe", {"dataset": "facility"}),
        "unknown": ("describe", {"dataset": "nonesuch"}),
        "rows": ("query", {"sql": "select facility_id, city_name from facility_labelled order by 1", "rows": 2}),
        "counted": ("query", {"sql": "select count(*) as n from facility_as_of('2026.11.1')"}),
        "joined": ("query", {"sql": "select link, event_id from event_with_permit"}),
        **{query: ("query", {"sql": query}) for query in HOSTILE},
        "after": ("query", {"sql": "select 1 as one"}),
    }
    tools, told = converse(analysts_home.layout.home, *calls.values())
    return {"tools": tools, **dict(zip(calls, told, strict=True))}


def content(answer):
    assert not answer.is_error, answer.content
    return answer.structured_content


def test_there_are_three_tools_that_only_read(answers):
    assert [tool.name for tool in answers["tools"]] == ["search", "describe", "query"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in answers["tools"])


def test_a_search_finds_what_the_site_finds_and_names_release_and_licence(answers, analysts_home):
    found = content(answers["found"])
    assert [one["dataset"] for one in found["datasets"]] == ["facility"]
    source = found["datasets"][0]["source"]
    version = analysts_home.contracts["facility"].version
    assert (source["release"], source["licence"], source["contract_version"]) == ("2026.11.2", "CC-BY-4.0", version)
    assert content(answers["nothing"])["found"] == 0


def test_a_description_has_fields_code_lists_quality_and_sources(answers):
    told = content(answers["described"])
    assert {"facility_id", "admin_code"} <= {field["name"] for field in told["fields"]}
    assert {"type_name", "city_name"} <= {column["name"] for column in told["columns"]}
    assert told["codelists"]["facility_status"]["list"]
    assert "FROM codelist" in told["codelists"]["admin_division"]["query"]
    assert (told["quality"], told["keys"][0]["columns"], told["sources"][0]["release"]) == (told["quality"], "facility_id", "2026.11.2")  # fmt: skip
    assert answers["unknown"].is_error
    assert "no dataset nonesuch" in answers["unknown"].content[0].text


def test_a_cut_answer_says_how_many_rows_there_are_and_has_their_keys(answers):
    told = content(answers["rows"])
    assert (len(told["rows"]), told["cut"], told["total"] > 2) == (2, True, True)
    assert told["row_keys"] == [{"facility_id": row[0]} for row in told["rows"]]
    (source,) = told["sources"]
    assert (source["dataset"], source["release"], source["licence"]) == ("facility", "2026.11.2", "CC-BY-4.0")


def test_every_answer_names_the_datasets_that_it_read(answers):
    assert [one["dataset"] for one in content(answers["counted"])["sources"]] == ["facility"]
    joined = content(answers["joined"])
    assert [one["dataset"] for one in joined["sources"]] == ["event", "event_permit"]
    assert joined["row_keys"] == []


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_is_refused_with_what_to_do(answers, query):
    refused = answers[query]
    assert refused.is_error
    text = refused.content[0].text
    assert f"[{HOSTILE[query]}]" in text
    assert text.isascii() is False


def test_the_server_goes_on_after_hostile_queries(answers):
    assert content(answers["after"])["rows"] == [[1]]


def test_answers_are_json_with_every_value(answers):
    assert json.loads(answers["rows"].content[0].text) == content(answers["rows"])
