"""Dagster definitions, one file for each Dagster concept, plus settings and the command line.

The only package that imports Dagster and reads the clock and the environment. Not here: data logic, SQL, paths as
strings. Asset bodies unwrap, call `pipelines`, and return counted metadata.
"""

import os

# Arrow's allocator asks for huge pages and uses little of many of them, but the system fills each with zeros whole: a sixteenth of
# the processor time of a large hand-in. It looks here once, when Arrow is loaded; a value that is set already stays.
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
# OpenBLAS starts threads when numpy is loaded, and each waits at full speed for matrices that nothing here multiplies: a tenth of a
# second of processor of every command that loads it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Pydantic asks all installed packages, some 270, for plugins when the first model is made, 10 ms; none of ours has one.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
