"""Believable, invented submissions of fourteen cities for every dataset, good ones and ones with the faults of real files.

`fill` puts them into an inbox. Everything is seeded, and everything says 示例数据（虚构）. Not here: test builders, real data.
"""

from pipelines.sample.fill import fill_inbox

__all__ = ["fill_inbox"]
