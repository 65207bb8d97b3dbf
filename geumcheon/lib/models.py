"""Abstract rows every app shares. No tables of its own."""

from django.db import models


class Sourced(models.Model):
    """A row that was transcribed from a document and says where it stands there."""

    source = models.CharField(
        "출처", max_length=200, blank=True, help_text="문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901"
    )

    class Meta:
        abstract = True


def choices_check(field, choices, name):
    """A CheckConstraint that backs `choices` in the database (STYLE.md point 4)."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": list(getattr(choices, "values", choices))}),
        name=name,
        violation_error_message="정해진 값 가운데 하나여야 합니다.",
    )
