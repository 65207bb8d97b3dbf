"""Forms of the project admin."""

from geumcheon.lib.form_fields import CellsField
from geumcheon.lib.formsets import RowForm, RowFormSet
from projects.actions import StaleProject
from projects.conflicts import VersionedForm
from projects.models import Project, ProjectTable


class ProjectForm(VersionedForm):
    """A project's own fields; `edit_version` grows with every save of the project or of one of its rows."""

    fixed = ("plan",)
    stale_message = StaleProject().message

    class Meta:
        model = Project
        fields = ()

    def version_of(self, instance):
        return instance.edit_version


class ProjectRowForm(VersionedForm):
    """One row of a project on a page of its own. Its version is its newest history entry."""

    fixed = ("project", "version")

    def version_of(self, instance):
        return (
            type(instance)
            .history.filter(id=instance.pk)
            .order_by("-history_id")
            .values_list("history_id", flat=True)
            .first()
        )


class TableForm(RowForm):
    """A small table: cells with `|` between them instead of JSON."""

    columns = CellsField(label="열", help_text="칸 사이에 | 를 적습니다. 예: 구분 | 2019 | 2020")
    rows = CellsField(label="행", rows=True, help_text="한 줄에 한 행. 칸 사이에 | 를 적습니다.")

    class Meta:
        model = ProjectTable
        fields = ()


class PartFormSet(RowFormSet):
    """Methods, cases and steps of the year before are numbered each on their own."""

    order_scope = ("kind",)
