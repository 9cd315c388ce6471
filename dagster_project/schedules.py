"""When things are done without anybody asking, in the time of the house. The intake has no hour: the inbox sensor starts it.

https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from dagster_project.jobs import PUBLISH, REFRESH, RELEASE, SWEEP

TIMEZONE = "Asia/Shanghai"


def schedules() -> list[dg.ScheduleDefinition]:
    """Releases at two in the night, publication half an hour later, refresh and sweep on Sundays. All stopped until somebody starts them."""
    return [
        _at(RELEASE, "0 2 * * *", "每日 2:00 生成发布版 · releases every night"),
        _at(PUBLISH, "30 2 * * *", "每日 2:30 更新开放目录 · the catalogue every night, after the releases"),
        _at(REFRESH, "0 4 * * 0", "每周日 4:00 重建分析库 · the warehouse every Sunday"),
        _at(SWEEP, "0 5 * * 0", "每周日 5:00 清理数据湖 · what killed writers left behind, every Sunday"),
    ]


def _at(job: str, cron: str, about: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{job}_schedule", job_name=job, cron_schedule=cron, execution_timezone=TIMEZONE, description=about
    )
