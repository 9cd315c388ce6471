"""Keeps pandas out of processes that do not need it: importing it takes longer than checking a small file.

Not here: who needs pandas (`quality/expectations.py`).
"""

import sys


def avoid_pandas_import() -> None:
    """Hides pandas while pyarrow looks for it, which it does with every first list.

    pyarrow looks again when a frame is requested (`to_pandas`), so Great Expectations still gets one. Opening a workspace calls it; calling
    it again costs nothing.
    """
    import pyarrow as pa  # noqa: PLC0415 -- who imports this module may not need Arrow at all

    hidden = _PandasHider()
    sys.meta_path.insert(0, hidden)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(hidden)


class _PandasHider:
    """An import finder that reports pandas as missing."""

    def find_spec(self, name: str, *_: object) -> None:
        """See `importlib.abc.MetaPathFinder`; None passes any other module on to the next finder."""
        if name == "pandas":
            raise ModuleNotFoundError(name)
