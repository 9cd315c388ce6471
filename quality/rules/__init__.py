"""The judge of rows: every rule kind of `schemas/rules.py` as DuckDB SQL over the rows of one submission, for any contract.

`judge` walks the rules and makes findings; `compilers` says which module compiles which kind; `offences` is what a compiler
returns and `scope` what it sees; the rest holds one family of kinds each. Not here: single cells (`quality/conformance`), the
table as a whole (`quality/expectations`), reading or storing anything.
"""

from quality.rules.judge import judge_rows
from quality.rules.scope import RuleContext

__all__ = ["RuleContext", "judge_rows"]
