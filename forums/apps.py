from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "제안·공론장"

    def ready(self):
        from councils import minutes, slots
        from forums import (  # noqa: F401 - register who may, and the import
            comment_mine,
            desk_rules,
            event_rules,
            events_providers,
            fragments,
            own,
            project_fragments,
            review_import,
            story_pages,
            story_providers,
            story_rules,
            survey_providers,
            topic_mine,
        )
        from geumcheon.accounts import slots as own_page
        from projects import evidence
        from projects import slots as project_slots

        slots.meeting_page.fill(fragments.meeting_proposals)
        slots.meeting_page.fill(story_pages.meeting_section)
        project_slots.project_page.fill(project_fragments.project_section)
        project_slots.project_page.fill(project_fragments.events_section)
        project_slots.project_page.fill(story_pages.project_section)
        project_slots.project_actions.fill(project_fragments.follow_button)
        slots.body_actions.fill(fragments.follow_button)
        slots.item_form.fill(fragments.ItemProposals)
        minutes.meeting_words.fill(fragments.meeting_words)
        own.fill(own_page)
        comment_mine.fill(own_page)
        topic_mine.fill(own_page)
        events_providers.register(evidence.register)
        story_providers.register(evidence.register)
        survey_providers.register(evidence.register)
