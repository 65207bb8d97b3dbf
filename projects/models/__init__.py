"""Rows of plans and projects, one module per part."""

from projects.models.feedback import Feedback, FeedbackAnswer, FeedbackKind, PastProject
from projects.models.indicator import Combine, Comparator, Indicator, IndicatorRollup, Phase
from projects.models.plan import ONE_PER_LINE, Plan, PlanQuerySet, PlanSection, PlanStatus, PlanStep, ProjectGroup
from projects.models.project import (
    Origin,
    Partner,
    Project,
    ProjectAlias,
    ProjectBody,
    ProjectPart,
    ProjectQuerySet,
    ProjectTable,
    Side,
    Stage,
)

__all__ = [
    "ONE_PER_LINE",
    "Combine",
    "Comparator",
    "Feedback",
    "FeedbackAnswer",
    "FeedbackKind",
    "Indicator",
    "IndicatorRollup",
    "Origin",
    "Partner",
    "PastProject",
    "Phase",
    "Plan",
    "PlanQuerySet",
    "PlanSection",
    "PlanStatus",
    "PlanStep",
    "Project",
    "ProjectAlias",
    "ProjectBody",
    "ProjectGroup",
    "ProjectPart",
    "ProjectQuerySet",
    "ProjectTable",
    "Side",
    "Stage",
]
