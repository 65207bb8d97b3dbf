"""All rooms' rollups together."""

import budgets.rollups
import projects.rollups

# Every room with stored figures; later rooms add theirs here.
ROLLUPS = (projects.rollups, budgets.rollups)


def refresh(plan):
    """Store every room's rollups of a plan again; returns the number of rows."""
    return sum(rollup.refresh(plan) for rollup in ROLLUPS)


def check(plan):
    """Every drift between stored and recomputed figures of a plan, as Korean sentences."""
    return [sentence for rollup in ROLLUPS for sentence in rollup.check(plan)]
