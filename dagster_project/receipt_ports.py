"""The ports at which receipts are served, noted in the home: links in Dagster's history name the port of their time.

The port noted last is used until another is requested, so that runs of the command line and the window agree; `window.py` also serves at
earlier ports if they are free. Not here: serving (`receipt_server.py`), the setting itself (`settings.py`).
"""

from warehouse.atomic_files import write_atomically
from warehouse.layout import Layout

DEFAULT_PORT = 3001


def read_ports(layout: Layout) -> list[int]:
    """Returns the ports noted so far, each once, the newest last; empty if there is no note, or none that can be read."""
    file = layout.receipts_ports
    lines = file.read_text(encoding="utf-8").split() if file.is_file() else []
    return [int(line) for line in lines if line.isascii() and line.isdecimal()]


def last_port(layout: Layout) -> int:
    """Returns the port noted last, or the default one."""
    return (read_ports(layout) or [DEFAULT_PORT])[-1]


def note_port(layout: Layout, port: int) -> None:
    """Notes a port as the newest one; noting it again changes nothing."""
    known = read_ports(layout)
    if known[-1:] != [port]:
        ports = [*(one for one in known if one != port), port]
        write_atomically(layout.receipts_ports, "".join(f"{one}\n" for one in ports))
