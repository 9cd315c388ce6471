"""Row checks: every rule kind of `schemas/rules/rules.py` as DuckDB SQL over the rows of one submission, for any contract.

`judge` runs the rules and makes findings; `compilers` maps each kind to its compiler; `violations` is what a compiler returns
and `scope` what it receives; each of the other modules holds one family of kinds. Not here: single cells
(`quality/conformance`), the table as a whole (`quality/expectations`), reading or storing anything.
"""

from quality.rules.judge import judge_rows, judge_rows_briefly
from quality.rules.scope import RuleContext

__all__ = ["RuleContext", "judge_rows", "judge_rows_briefly"]
