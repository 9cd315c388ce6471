"""Invented, plausible submissions of fourteen cities for every dataset, some with the errors of real files.

`fill_inbox` writes them to an inbox. Everything is seeded, and everything states 示例数据（虚构）. Not here: test builders, real
data.
"""

from pipelines.sample.fill import fill_inbox

__all__ = ["fill_inbox"]
