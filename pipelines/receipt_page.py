"""The receipt as one self-contained HTML page in both languages. Here: its view. Not here: the look (`pages/receipt.html.j2`)."""

from pipelines.receipt import Receipt


def render(receipt: Receipt) -> str:
    """Being built."""
    return f"<html><body>{receipt.number}</body></html>"
