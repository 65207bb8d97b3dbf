"""Money of a plan: accounts, versions, lines, stated figures and stored rollups; and what is used of the lines."""

from budgets.models.lines import (
    BudgetGroup,
    BudgetItem,
    BudgetItemAlias,
    BudgetLine,
    BudgetLineQuerySet,
    BudgetRollup,
    BudgetVersion,
    Dimension,
    Funding,
    LinePrinting,
    Measure,
    Nature,
    StatedFigure,
    VersionBasis,
    VersionProject,
)
from budgets.models.uses import ActivityPayment, ExpensePayment, RateLine

__all__ = [
    "ActivityPayment",
    "BudgetGroup",
    "BudgetItem",
    "BudgetItemAlias",
    "BudgetLine",
    "BudgetLineQuerySet",
    "BudgetRollup",
    "BudgetVersion",
    "Dimension",
    "ExpensePayment",
    "Funding",
    "LinePrinting",
    "Measure",
    "Nature",
    "RateLine",
    "StatedFigure",
    "VersionBasis",
    "VersionProject",
]
