"""Pictures drawn on the server as SVG, each with its table: no script, readable in greyscale, in print and read aloud.

A view builds one of the charts below from plain numbers; a template draws it with `{% chart picture %}` (templatetags/charts.py).
Horizontal positions are percent of the picture's width and vertical ones px, so a picture fills its place and its text keeps its size.
Colours and type are SVG attributes, not classes: a picture looks the same where no style sheet reaches it (PDF by WeasyPrint).
"""

from geumcheon.lib.charts.bars import BarChart, StackedBars, StackRow
from geumcheon.lib.charts.base import COUNT, KRW, PEOPLE, Group, Item, Table, TableRow, Unit
from geumcheon.lib.charts.columns import Columns, Panel
from geumcheon.lib.charts.diverging import Change, DivergingBars
from geumcheon.lib.charts.flow import Flow, FlowColumn, Link, Node
from geumcheon.lib.charts.steps import CycleLine, Step
from geumcheon.lib.charts.treemap import Treemap

__all__ = [
    "COUNT",
    "KRW",
    "PEOPLE",
    "BarChart",
    "Change",
    "Columns",
    "CycleLine",
    "DivergingBars",
    "Flow",
    "FlowColumn",
    "Group",
    "Item",
    "Link",
    "Node",
    "Panel",
    "StackRow",
    "StackedBars",
    "Step",
    "Table",
    "TableRow",
    "Treemap",
    "Unit",
]
