"""Content of a portal for the tests of its pages: one publisher, one subject, a dataset with every field, a withdrawn one.

All names contain the process id; `Scene.clear` purges them. Not here: the portal itself (`tests/live/conftest.py`).
"""

import json
from itertools import count
from os import getpid
from uuid import uuid5

import requests

from catalog.ckan.fields import core_fields
from catalog.entry import NAMESPACE
from schemas.time_limits.limit_texts import describe_kept

RUN = f"pages-{getpid()}"

ZH, EN = "zh_Hans_CN", "en"

EU = "http://publications.europa.eu/resource/authority/"

POINTS = [
    {"name": "和平区游泳馆", "open": True, "lon": 123.42, "lat": 41.79},
    {"name": "中山区篮球场", "open": False, "lon": 121.64, "lat": 38.92},
    {"name": "图幅以外的场地", "open": True, "lon": 10.0, "lat": 50.0},
    {"name": "没有坐标的场地", "open": None, "lon": None, "lat": None},
]

HOSTILE = """</title></svg><script>document.title = "taken"</script>"'"""
"""A label of a chart; the page has to show it as it is."""

_ids = count()


def fresh_id():
    return str(uuid5(NAMESPACE, f"{RUN}/{next(_ids)}"))


def limit(zh, en, **counts):
    """One time limit as the publisher sends it; without counts nothing was due."""
    named = ("met", "late", "missing", "due", "provisional")
    kept = describe_kept("test-limit", *(counts.get(name, 0) for name in named[:3]))
    return {
        "id": "test-limit",
        "title": {"zh": zh, "en": en},
        "text": {"zh": "作出决定后7个工作日内向社会公开", "en": "publication within 7 working days of the decision"},
        "clause": "第七条",
        "source": "测试条例",
        **{name: counts.get(name, 0) for name in named},
        "kept": kept.model_dump(),
    }


def chart(title, label, heads, about):
    """A chart of two bars with these words, as the publisher tells it; its picture has every kind of mark."""
    drawing = {
        "width": 360,
        "height": 48,
        "bars": [{"x": 100, "y": 4, "width": 200, "height": 16, "tip": f"{label} 3", "rest": False}, {"x": 100, "y": 28, "width": 60, "height": 16, "tip": "1", "rest": True}],
        "words": [{"x": 94, "y": 17, "text": label[:6], "kind": "label", "anchor": "end"}, {"x": 306, "y": 17, "text": "3", "kind": "value", "anchor": "start"}],
        "rules": [{"x1": 100, "y1": 0, "x2": 100, "y2": 48, "kind": "zero"}],
        "curves": [{"number": 0, "parts": ["100,4 200,40"], "spots": [[100, 4, "a"]]}],
    }  # fmt: skip
    lines = [[label, ["3"]], [HOSTILE, ["1"]]]
    said = {"about": about, "notes": about, "heads": heads, "lines": lines}
    return [{"id": name, "title": f"{title} {name}", "drawing": drawing, **said} for name in ("by-city", "by-type")]


def charts(release):
    """The configuration of the view of charts for that release."""
    zh = chart("测试图表", "和平区", ["类别", "数值"], "图表的说明。")
    en = chart("Test chart", "Heping", ["Category", "Value"], "What the chart shows.")
    return json.dumps({"release": release, "family": "facility", "zh": zh, "en": en})


class Scene:
    """One publisher, one subject, one dataset with every field filled and a table, and a withdrawn one."""

    name, gone, org, group = f"{RUN}-full", f"{RUN}-gone", f"{RUN}-org", f"{RUN}-group"
    size = 2048

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.resource = fresh_id()
        self.sent = self.full()

    def post(self, action, token=None, **said):
        headers = {"Authorization": token or self.token, "Content-Type": "application/json"}
        return requests.post(f"{self.url}/api/3/action/{action}", data=json.dumps(said), headers=headers, timeout=60)

    def call(self, action, **said):
        answer = self.post(action, **said)
        assert answer.status_code == 200, (action, answer.text[:800])
        return answer.json()["result"]

    def get(self, path, **params):
        return requests.get(self.url + path, params=params, timeout=60)

    def found(self, **params):
        return [one["name"] for one in self.get("/api/3/action/package_search", **params).json()["result"]["results"]]

    def full(self):
        release, title = f"{self.url}/releases/{self.name}/2026.11.2", {ZH: "测试游泳馆名录", EN: "Test swimming pools"}
        notes = {ZH: "一行一个游泳馆，供测试。", EN: "One row a swimming pool, for tests."}
        old = {
            "number": "2026.11.1",
            "date": "2026-11-01",
            "rows": 3,
            "added": 3,
            "removed": 0,
            "changed": 0,
            "url": f"{release}/old.csv",
        }
        return {
            "id": fresh_id(),
            "name": self.name,
            "title": title[ZH],
            "title_translated": title,
            "notes": notes[ZH],
            "notes_translated": notes,
            "owner_org": self.org,
            "groups": [{"name": self.group}],
            "tags": [{"name": "测试关键词"}],
            "license_id": "CC-BY-4.0",
            "version": "2026.11.2",
            "identifier": f"urn:uuid:{fresh_id()}",
            "issued": "2026-11-01",
            "modified": "2026-11-23",
            "metadata_updated": "2026-11-22",
            "frequency": f"{EU}frequency/ANNUAL",
            "contact": [{"name": "测试处室", "email": "contact@example.org", "phone": "024-00000000"}],
            "provenance": "由测试编造。",
            "language": [f"{EU}language/ZHO", f"{EU}language/ENG"],
            "conforms_to": ["https://datapackage.org/profiles/2.0/datapackage.json"],
            "temporal_coverage": [{"start": "2026-01-01", "end": "2026-11-23"}],
            "spatial_coverage": [{"uri": "urn:gb2260:210000", "text": "GB/T 2260 210000"}],
            "access_rights": f"{EU}access-right/PUBLIC",
            "theme": [f"{EU}data-theme/EDUC"],
            "release": "2026.11.2",
            "previous": "2026.11.1",
            "contract_version": "1.2.0",
            "rows": "4",
            "fingerprint": "0" * 64,
            "payload_digest": "1" * 64,
            "synthetic": "true",
            "quality": {"rows_submitted": 6, "rows_held_back": 2, "completeness": 0.875, "findings": {"coordinate-outside": 2}},
            "time_limit": {ZH: "测试时限：作出决定后7个工作日内公开", EN: "Test limit: publication within 7 working days"},
            "time_limits_kept": {"as_of": "2026-11-23", "limits": [limit("测试时限", "Test limit", met=7, late=1, missing=2, due=3), limit("未到期的时限", "Limit to come")]},
            "history": [{**old, "number": "2026.11.2", "date": "2026-11-23", "rows": 4, "added": 2, "removed": 1, "changed": 7}, old],
            **{field.name: {ZH: f"{field.label.zh}的内容", EN: f"content of {field.label.en}", "applies": True} for field in core_fields()},
            "core_pia": {ZH: "不含个人信息", EN: "no personal data", "applies": False},
            "resources": [self.table(release)],
        }  # fmt: skip

    def table(self, release):
        return {
            "id": self.resource,
            "kind": "csv",
            "name": "CSV 数据",
            "name_translated": {ZH: "CSV 数据", EN: "CSV data"},
            "description": "测试数据表",
            "description_translated": {ZH: "测试数据表", EN: "Table for tests"},
            "url": f"{release}/{self.name}.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "encoding": "utf-8",
            "size": self.size,
            "hash": "a" * 64,
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
            "release": "2026.11.2",
            "issued": "2026-11-23T09:30:00+08:00",
            "modified": "2026-11-23",
            "rows": "4",
        }

    def withdrawn(self):
        told = {
            "reason": {"zh": "测试撤下的原因", "en": "Withdrawn for a test"},
            "on": "2026-11-20",
            "release": "2026.10.3",
            "successor": self.name,
        }
        title = {ZH: "已撤下的测试数据", EN: "Withdrawn test data"}
        said = {"title": title[ZH], "title_translated": title, "owner_org": self.org, "groups": [{"name": self.group}]}
        return said | {"id": fresh_id(), "name": self.gone, "withdrawn": told, "resources": []}

    def build(self):
        self.call(
            "organization_create",
            name=self.org,
            title="测试体育处",
            extras=[{"key": "title_en", "value": "Test Sports Division"}],
        )
        self.call(
            "group_create", name=self.group, title="测试主题", extras=[{"key": "title_en", "value": "Test subject"}]
        )
        self.served = self.call("package_create", **self.sent)
        self.call("package_create", **self.withdrawn())
        fields = [{"id": name, "type": kind, "info": {"label": label, "label_en": name}} for name, kind, label in [
            ("name", "text", "场馆名称"), ("open", "bool", "是否开放"), ("lon", "numeric", "经度"), ("lat", "numeric", "纬度")]]  # fmt: skip
        self.call("datastore_create", resource_id=self.resource, force=True, fields=fields, records=POINTS)
        self.call("resource_view_create", resource_id=self.resource, view_type="datatables_view", title="表")
        drawn = {"lon": "lon", "lat": "lat", "label": "name"}
        self.map = self.call(
            "resource_view_create", resource_id=self.resource, view_type="dot_map_view", title="图", **drawn
        )["id"]
        self.charts = self.call(
            "resource_view_create",
            resource_id=self.resource,
            view_type="chart_view",
            title="图表",
            charts=charts("2026.11.2"),
        )["id"]

    def clear(self):
        for action, name in [
            ("dataset_purge", self.name),
            ("dataset_purge", self.gone),
            ("group_purge", self.group),
            ("organization_purge", self.org),
        ]:
            assert self.post(action, id=name).status_code in {200, 404}
