"""One word a thing: what clerks, stewards and citizens read uses the words that offices use, and none of those in `REFUSED`."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

REFUSED = {
    r"契约|数据标准": "数据规范",
    r"收件箱": "收件夹",
    r"暂不接收|暂未接收": "退回修改",
    r"下架|撤下": "停止开放",
    r"上架": "开放",
    r"入湖|湖中数据": "入库",
    r"切片": "分期报送数据",
    r"发布关|发布前把关": "发布审核",
    r"无主": "未发现未登记文件",
    r"您需要做什么": "办理要求",
    r"写法不对|写法不符合|写法有误": "格式不符合要求",
    r"主键为空|主键“": "编码为空或重复",
    r"像是把|万元当作元": "疑似金额单位有误（万元/元），请核实",
    r"不在代码表|当时已停用|按代码表": "“市级”应填代码 city（见“代码表”页“赛事级别”）",
    r"两个日期的年份": "结束日期早于开始日期，请核对起止日期",
    r"也有代码": "请补填统一社会信用代码（村、居委会同样适用）",
    r"没有代码为.{0,20}部门|部门代码": "文件未放入单位收件夹，请移至 inbox/〈单位代码〉/；单位代码",
    r"拆成了几份": "数据不属于本单位",
    r"报送部门": "报送单位",
    r"发布版": "版本",
    r"打不开|读不了|再交|改交|交错": "无法打开、无法读取、重新报送",
}
READ = (".yaml", ".j2", ".html", ".po", ".css", ".js")
"""Files whose every line somebody may read, besides the strings of our modules and documents in Chinese (`.zh.md`)."""


@cache
def read_by_people():
    """Every text that may be shown, with its place: strings of modules (no docstrings but those of commands), and other files."""
    return list(find_texts())


def find_texts():
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in (ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()):
        place = path.relative_to(ROOT)
        if place.parts[0] == "tests" or (place.parts[0] == "docs" and not path.name.endswith(".zh.md")):
            continue
        if path.suffix == ".py":
            yield from ((f"{place}:{line}", text) for line, text in strings_of(path))
        elif path.suffix in READ or path.name.endswith(".zh.md"):
            lines = path.read_text(encoding="utf-8").splitlines()
            yield from ((f"{place}:{number}", line) for number, line in enumerate(lines, 1))


def strings_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
        and not any("handle_errors" in ast.unparse(one) for one in getattr(node, "decorator_list", ()))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_people_read_uses_one_word_a_thing(pattern):
    found = [f"{place}: {text.strip()[:80]}" for place, text in read_by_people() if re.search(pattern, text)]
    assert found == [], f"write {REFUSED[pattern]}"


def test_the_search_sees_modules_templates_contracts_and_the_readme():
    places = {place.partition(":")[0] for place, text in read_by_people() if re.search("[一-鿿]", text)}
    for name in (
        "README.zh.md",
        "docs/tutorials/clerk.zh.md",
        "pipelines/submissions/inbox/inbox.py",
        "pipelines/pages/texts.yaml",
        "schemas/datasets/facility.yaml",
        "catalog/ckan/portal/templates/zhportal/tombstone.html",
        "dagster_project/cli/check.py",
    ):
        assert name in places
