"""What is said of files after a walk: how many were taken, and of every other why not and where its receipt is.

Not here: releases, catalogues and where to look next (`report.py`), the receipts' own text (`pipelines/receipt.py`).
"""

from collections import Counter
from collections.abc import Sequence

from dagster_project.cli.say import say
from pipelines.house import House
from pipelines.inbox import Arrival
from pipelines.intake import read_receipt
from pipelines.receipt import Receipt
from quality.verdict import Outcome
from schemas.text import Text

_WORDS: dict[Outcome, tuple[str, str]] = {
    "accept": ("接收", "accepted"),
    "hold_back": ("接收，部分行暂缓", "accepted, rows held back"),
    "quarantine": ("暂不接收", "quarantined"),
    "refused": ("拒收", "refused"),
}
# Of each file the most frequent types of finding are named.
_REASONS = 3


def print_receipts(house: House, arrivals: Sequence[Arrival]) -> None:
    """Counts by outcome, and a line for every file that was not taken whole: why, and where its receipt is."""
    judged = {a.place: read_receipt(house, a.number) for a in arrivals if _has_receipt(house, a)}
    receipts = list(judged.values())
    if not arrivals:
        say("收件箱没有新文件。", "Nothing new in the inbox.")
        return
    counted = Counter(receipt.outcome for receipt in receipts)
    for outcome, (zh, en) in _WORDS.items():
        if counted[outcome]:
            say(f"{zh}：{counted[outcome]} 份", f"{en}: {counted[outcome]}")
    rows = sum(receipt.rows for receipt in receipts)
    taken = sum(receipt.accepted for receipt in receipts)
    say(f"共 {rows} 行，入湖 {taken} 行", f"{rows} rows read, {taken} of them in the lake")
    for place, receipt in judged.items():
        if receipt.outcome != "accept":
            _print_one(house, place, receipt)
    if lost := len(arrivals) - len(receipts):
        say(f"有 {lost} 份未处理完，再次运行即可继续", f"{lost} are not finished; run again to go on")


def print_unkeepable(found: Sequence[tuple[Arrival, Text]]) -> None:
    """The files that could not be taken at all, and why; they wait until somebody mends them."""
    for arrival, reason in found:
        say(f"{arrival.place}：{reason.zh}", reason.en)


def _has_receipt(house: House, arrival: Arrival) -> bool:
    return house.layout.receipt(arrival.number, "json").is_file()


def _print_one(house: House, place: str, receipt: Receipt) -> None:
    zh, en = _WORDS[receipt.outcome]
    why = "、".join(f"{kind} ×{count}" for kind, count in list(receipt.counts.items())[:_REASONS])
    say(f"\n{place}：{zh} {en}", f"[{why}]" if why else "")
    say(f"  {receipt.reason.zh}", receipt.reason.en)
    say(f"  回执 receipt: {house.layout.receipt(receipt.number, 'html')}", "")
