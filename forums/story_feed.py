"""The RSS feed of stories; a reader that asks again with its ETag or date gets 304."""

from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.urls import reverse

from councils.feeds import NEWEST, Rss, conditional, noon, plain, start
from councils.notices import paragraphs
from forums import story_pages
from forums.models import Story, StoryPicture


class StoriesFeed(Feed):
    """The newest stories that are out."""

    feed_type = Rss
    title = "금천구 협치이야기"
    description = "금천구 협치 사업과 공론장, 동네에서 있었던 일"
    language = "ko"

    def link(self):
        return reverse("stories")

    def feed_url(self):
        return reverse("stories_feed")

    def items(self):
        return story_pages.listed()[:NEWEST]

    def item_title(self, story):
        return plain(story.title)

    def item_description(self, story):
        """HTML, as readers expect: the paragraphs, escaped."""
        return plain("".join(f"<p>{part}</p>" for part in paragraphs(story.text)))

    def item_pubdate(self, story):
        return noon(story.published_on)

    def changed_at(self):
        """When the feed last said something else: a change of a row, or the start of the day a story came out."""
        newest = story_pages.listed().aggregate(newest=Max("published_on"))["newest"]
        written = (model.history.aggregate(newest=Max("history_date"))["newest"] for model in (Story, StoryPicture))
        return max((moment for moment in (newest and start(newest), *written) if moment), default=None)


stories_feed = conditional(StoriesFeed())
