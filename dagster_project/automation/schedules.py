"""When to look at the raw folder: daily while publishers publish, monthly otherwise.

Departments publish budgets within 20 days of their approval (February to April) and final accounts in summer
and autumn (July to October); 预算法 section 14.
"""

import dagster as dg

from dagster_project.automation.jobs import discover_job

publication_calendar = dg.ScheduleDefinition(
    name="publication_calendar",
    job=discover_job,
    cron_schedule=["0 6 * 2-4,7-10 *", "0 6 1 1,5,6,11,12 *"],
    execution_timezone="Asia/Shanghai",
    description="公开季每天看一次，其余每月一次。 / Look daily in the publishing seasons, monthly otherwise.",
)
