"""Dagster's view of time limits of law: an asset check for each dataset that records both days of one, and how old a table may become.

The check reads what the newest analysts' file says; it warns, because nobody's run is wrong when an office is late. Not here: hand-ins
that are owed (`checks.py`), computing what is due (`warehouse/analyst_file/due.py`).
https://docs.dagster.io/guides/test/asset-checks
"""

import dagster as dg

from dagster_project.checks import build_freshness_check
from dagster_project.partitions import asset_key
from dagster_project.resources import WorkspaceResource
from pipelines.submissions.timeliness import find_longest_gap
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.time_limits.limit_texts import describe_kept
from schemas.time_limits.time_limits import read_time_limits
from warehouse.analyst_file.due_reading import DueCounts, DueSummary, MissingGroup, read_due_summary
from warehouse.deadlines import list_applied

TIME_LIMITS = "time_limits"
MOST_NAMED = 20
"""Departments that the check names."""
_NOT_BUILT = "分析库尚未生成，无法统计 The analysts' file is not built yet: nothing is known."


def has_time_limits(contract: Contract) -> bool:
    """Whether a limit of law can be counted in the dataset."""
    return bool(list_applied(contract))


def build_freshness_policy(contract: Contract) -> dg.FreshnessPolicy | None:
    """Returns the policy of the dataset's table: stale once a whole cycle and its time limit have passed without any hand-in.

    None without regular updates. A table that is not stale may still lack a department: the check `freshness` says which.
    """
    longest = find_longest_gap(contract)
    return dg.FreshnessPolicy.time_window(fail_window=longest) if longest else None


def build_table_checks(contract: Contract) -> list[dg.AssetChecksDefinition]:
    """Returns the checks of a dataset's table that are steps of their own: who is late and, where a limit of law can be counted, what is overdue."""
    limits = [build_time_limits_check(contract)] if has_time_limits(contract) else []
    return [build_freshness_check(contract), *limits]


def build_time_limits_check(contract: Contract) -> dg.AssetChecksDefinition:
    """Returns the check that nothing in the dataset is left undone after the last day of a limit of law."""

    @dg.asset_check(
        asset=asset_key(contract.name, "table"),
        name=TIME_LIMITS,
        description="法定时限 · Time limits: nothing is left undone after the last day of a limit of law, as the newest analysts' file says.",
    )
    def time_limits(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        home = workspace.open_workspace()
        summary = read_due_summary(home.layout, workspace.current_time().date())
        return build_time_limits_result(home, contract, summary)

    return time_limits


def build_time_limits_result(
    workspace: Workspace, contract: Contract, summary: DueSummary | None
) -> dg.AssetCheckResult:
    """Returns the result over what is overdue in a dataset: warns if something is not done; without a file it says so."""
    if summary is None:
        return dg.AssetCheckResult(passed=True, severity=dg.AssetCheckSeverity.WARN, description=_NOT_BUILT)
    counts = summary.count_dataset(contract.name)
    rules = {rule.id for rule, _ in list_applied(contract)}
    groups = [one for one in summary.missing if one.dataset == contract.name and one.rule in rules]
    return dg.AssetCheckResult(
        passed=not counts.missing,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(_describe_missing(workspace, one) for one in groups[:MOST_NAMED]) or None,
        metadata={
            "as_of": summary.as_of.isoformat(),
            **counts.model_dump(),
            "limits": _list_limits(contract, summary),
        },
    )


def _list_limits(contract: Contract, summary: DueSummary) -> dg.TableMetadataValue:
    counted = {one.rule: one.counts for one in summary.limits if one.dataset == contract.name}
    schema = dg.TableSchema(columns=[dg.TableColumn(head, "string") for head in ("limit", "kept", "clause")])
    records = [
        dg.TableRecord(
            {
                "limit": f"{rule.title.zh} {rule.title.en}",
                "kept": _describe_counts(rule.id, counted.get(rule.id, DueCounts())),
                "clause": f"{rule.source} {rule.clause}",
            }
        )
        for rule, _ in list_applied(contract)
    ]
    return dg.MetadataValue.table(records=records, schema=schema)


def _describe_counts(rule: str, counts: DueCounts) -> str:
    sentence = describe_kept(rule, counts.met, counts.late, counts.missing)
    return f"{sentence.zh} {sentence.en}"


def _describe_missing(workspace: Workspace, group: MissingGroup) -> str:
    title, department = read_time_limits()[group.rule].title, workspace.departments.get(group.department)
    name = f"{department.zh} {department.en}" if department else "—"
    return f"{name}（{group.department}）：{title.zh} {group.count} 项逾期未办，最早 {group.oldest}；{group.count} not done of {title.en}, the oldest was due on {group.oldest}"
