"""The worksheets of the budget sheet for the city; budgets.exporters puts them together."""
