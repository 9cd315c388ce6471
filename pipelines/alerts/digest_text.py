"""The text of a digest: a subject of one line, and a plain text in Chinese, then in English.

Not here: which items are in it (`digest.py`), sending it.
"""

from collections.abc import Mapping

from pipelines.alerts.digest import Digest, DigestLine, Stage
from pipelines.work_items.work_item import KIND_NAMES
from schemas.text import Text

MOST_LINES = 40
STAGE_NAMES: Mapping[Stage, Text] = {
    "open": Text(zh="新增", en="new"),
    "due_soon": Text(zh="即将到期", en="due soon"),
    "late": Text(zh="已逾期", en="late"),
}


def write_subject(digest: Digest) -> str:
    """Returns one line that names the owner, and counts what is open and late."""
    late = f"，其中 {digest.late_items} 项逾期" if digest.late_items else ""
    return f"体育数据开放平台：{digest.name.zh} {digest.open_items} 项待办{late}"


def write_body(digest: Digest, synthetic: bool) -> str:
    """Returns the items that are new, soon due or late, at most `MOST_LINES`, in both languages."""
    return "\n".join((*_write_chinese(digest, synthetic), "", "—" * 20, "", *_write_english(digest, synthetic))) + "\n"


def _write_chinese(digest: Digest, synthetic: bool) -> list[str]:
    shown, left = digest.lines[:MOST_LINES], len(digest.lines) - MOST_LINES
    return [
        *(["（示例数据，全部为虚构）"] if synthetic else []),
        f"{digest.name.zh}：现有 {digest.open_items} 项待办，其中 {digest.late_items} 项逾期。新增或有变化的如下：",
        *(f"{number}. {_describe_line(line).zh}" for number, line in enumerate(shown, 1)),
        *([f"另有 {left} 项未列出。"] if left > 0 else []),
        "每项在新增、即将到期、逾期时各提醒一次；全部待办用 sportlake work 查看。",
    ]


def _write_english(digest: Digest, synthetic: bool) -> list[str]:
    shown, left = digest.lines[:MOST_LINES], len(digest.lines) - MOST_LINES
    return [
        *(["(sample data, all invented)"] if synthetic else []),
        f"{digest.name.en}: {digest.open_items} things to do, {digest.late_items} of them late. New or changed:",
        *(f"{number}. {_describe_line(line).en}" for number, line in enumerate(shown, 1)),
        *([f"{left} more are not listed."] if left > 0 else []),
        "Each is told once when it is new, soon due and late; sportlake work lists all.",
    ]


def _describe_line(line: DigestLine) -> Text:
    item, kind, stage = line.item, KIND_NAMES[line.item.kind], STAGE_NAMES[line.stage]
    zh = [f"期限 {item.due}"] if item.due else []
    en = [f"by {item.due}"] if item.due else []
    page = [item.page] if item.page else []
    return Text(
        zh=f"【{kind.zh}·{stage.zh}】{item.text.zh}" + (f"（{'，'.join([*zh, *page])}）" if zh or page else ""),
        en=f"[{kind.en}, {stage.en}] {item.text.en}" + (f" ({', '.join([*en, *page])})" if en or page else ""),
    )
