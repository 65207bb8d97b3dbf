from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "계획과 사업"

    def ready(self):
        from councils import meeting_actions, minutes, slots
        from projects import actions, evidence, fragments, meeting_parts, providers, rules, team_people  # noqa: F401 - rules registers who may

        slots.body_page.fill(fragments.body_projects)
        slots.meeting_page.fill(fragments.meeting_projects)
        slots.people_elsewhere.fill(team_people.places)
        slots.meeting_form.fill(meeting_parts.MeetingProjects)
        slots.item_form.fill(meeting_parts.ItemProjects)
        minutes.meeting_words.fill(meeting_parts.project_words)
        meeting_actions.meeting_saved.fill(actions.count_again)
        providers.register(evidence.register)
