"""Every published list by name, in the order of the catalogue. A new list is one more entry; none is ever dropped."""

from geumcheon.opendata import budgets, councils, forums, projects, voting

DATASETS = {
    dataset.name: dataset
    for dataset in (
        projects.PLANS,
        projects.PLAN_STEPS,
        projects.PROJECTS,
        projects.PARTNERS,
        projects.STAGES,
        budgets.BUDGET_LINES,
        budgets.BUDGET_ITEMS,
        budgets.STATED_FIGURES,
        projects.INDICATORS,
        councils.BODIES,
        councils.MEETINGS,
        forums.PROPOSALS,
        forums.PROPOSAL_REVIEWS,
        forums.FORUMS,
        voting.VOTE_ROUNDS,
        voting.VOTE_RESULTS,
        projects.PAST_PROJECTS,
    )
}
