"""All lists in one zip, as an export job. Imported when the portal starts (geumcheon.apps)."""

from budgets.tasks_exports import run_export
from geumcheon.accounts import exports
from geumcheon.opendata import files, fingerprint
from geumcheon.opendata.datasets import DATASETS

FILENAME = "금천구 협치 열린 데이터.zip"


def write_open_data(job, report):
    """Every list as the data are when the task runs."""
    files.write_zip(report.file, report)
    return FILENAME


def job():
    """The job whose zip holds the present rows, a new one only when something changed. Public like the lists: no owner."""
    state = fingerprint.combined(fingerprint.of(*DATASETS.values()))
    return exports.export_for(kind="open_data", params={"state": state})


exports.register("open_data", label="열린 데이터 모음", write=write_open_data, task=run_export)
