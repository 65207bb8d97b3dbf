"""The task that makes export files, and the budget's own kind of export. Imported when the app starts (budgets.apps)."""

from celery import shared_task

from budgets import exporters
from geumcheon.accounts import exports
from projects.models import Plan


@shared_task
def run_export(job_id):
    """Make the file of an ExportJob; may run twice (geumcheon.accounts.exports.run)."""
    exports.run(job_id)


def write_sheet(job, report):
    """The budget sheet of params["plan"] (id), as it is when the task runs."""
    plan = Plan.objects.filter(pk=job.params.get("plan")).first()
    if plan is None:
        raise exports.ExportFailed("계획이 없어졌습니다.")
    try:
        exporters.write_budget_sheet(plan, report.file, progress=report)
    except exporters.NoBudget as error:
        raise exports.ExportFailed(str(error)) from error
    return exporters.sheet_filename(plan)


exports.register("budget_sheet", label="예산계획 엑셀 파일", write=write_sheet, task=run_export)
