"""Topics somebody gets the weekly mail about: projects, dongs and bodies of the council."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from councils.models import Body
from geumcheon.accounts.models import Dong
from projects.models import Project

KINDS = ("project", "dong", "body")


def _one_of(kind):
    return Q(**{f"{other}__isnull": other != kind for other in KINDS})


class TopicFollow(models.Model):
    """Who gets the weekly mail about one topic. `consented_at`: when they agreed to it; without that moment there is no row.

    No history: somebody who left is not remembered.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="topic_follows", verbose_name="받는 사람"
    )
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="topic_follows", verbose_name="사업"
    )
    dong = models.ForeignKey(
        Dong, on_delete=models.CASCADE, null=True, blank=True, related_name="topic_follows", verbose_name="동"
    )
    body = models.ForeignKey(
        Body, on_delete=models.CASCADE, null=True, blank=True, related_name="topic_follows", verbose_name="기구"
    )
    consented_at = models.DateTimeField("동의한 때")

    class Meta:
        verbose_name = "소식을 받는 주제"
        verbose_name_plural = "소식을 받는 주제"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=_one_of("project") | _one_of("dong") | _one_of("body"),
                name="topicfollow_of_one_thing",
                violation_error_message="사업, 동, 기구 가운데 하나만 고를 수 있습니다.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", kind],
                    name=f"topicfollow_{kind}_once",
                    violation_error_message="이미 소식을 받는 주제입니다.",
                )
                for kind in KINDS
            ),
        ]

    def __str__(self):
        return str(self.topic)

    @property
    def kind(self):
        return next(kind for kind in KINDS if getattr(self, f"{kind}_id") is not None)

    @property
    def topic(self):
        """The project, dong or body."""
        return getattr(self, self.kind)

    @property
    def key(self):
        """The topic in addresses and forms: `project-12`."""
        return f"{self.kind}-{getattr(self, f'{self.kind}_id')}"
