"""Admin of stories: words, pictures with their alt texts, and what each story is about. Its page is the preview of a draft."""

from django import forms
from django.contrib import admin
from PIL import Image

from forums import story_actions
from forums.models import Story, StoryPicture
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline
from geumcheon.lib import clock, uploads
from geumcheon.lib.admin_parts import ComputedFilter, History, PortalFields, Rows, is_list, per_row

DRAFT, AHEAD, OUT = "초안", "게시 예약", "게시 중"


def state(story, day):
    """Where a story stands on `day`."""
    if story.published_on is None:
        return DRAFT
    return AHEAD if story.published_on > day else OUT


class StateFilter(ComputedFilter):
    title = "상태"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(name, name) for name in (DRAFT, AHEAD, OUT)]

    def states(self, request, queryset):
        today = clock.today()
        return {story.pk: state(story, today) for story in queryset.order_by()}


class PictureForm(forms.ModelForm):
    """A picture: made anew without metadata when it is chosen; its size in pixels is read from what is kept."""

    class Meta:
        model = StoryPicture
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].widget = forms.FileInput(attrs={"accept": "image/*"})

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file or "file" not in self.changed_data:
            return file
        fresh = uploads.clean_photo(file)
        with Image.open(fresh) as picture:
            self.instance.width, self.instance.height = picture.size
        fresh.seek(0)
        return fresh


class PictureInline(Rows, RoleStackedInline):
    model = StoryPicture
    form = PictureForm
    fields = [("order", "file"), "alt", "caption", "consent"]
    description = "사진은 2,000픽셀로 줄이고 찍은 곳과 때의 정보를 지웁니다. 사람이 알아볼 수 있게 찍혔으면 동의한 내용을 적습니다."


@admin.register(Story)
class StoryAdmin(History, PortalFields, RoleModelAdmin):
    """Stories. One without a day of publication is a draft; `사이트에서 보기` shows it to the office alone."""

    fieldsets = [
        (
            None,
            {
                "fields": ["published_on", "title", "text"],
                "description": "게시일을 비우고 저장하면 초안입니다. ‘사이트에서 보기’로 미리 본 뒤 게시일을 적으세요.",
            },
        ),
        (
            "무엇에 관한 이야기",
            {
                "fields": ["projects", "meetings", "events", "dongs"],
                "description": "여기 고른 사업, 회의, 행사, 동의 쪽에 이 이야기가 나오고, 이야기를 세는 성과지표가 사업과 동을 봅니다.",
            },
        ),
    ]
    inlines = [PictureInline]
    list_display = ["title", "state_now", "published_on", "pictures_kept"]
    list_filter = [StateFilter, ("published_on", admin.DateFieldListFilter)]
    search_fields = ["title", "text"]
    autocomplete_fields = ["projects", "meetings", "events"]

    def get_queryset(self, request):
        stories = super().get_queryset(request)
        return stories.annotate(picture_rows=per_row(StoryPicture, "story")) if is_list(request) else stories

    @admin.display(description="상태")
    def state_now(self, story):
        return state(story, clock.today())

    @admin.display(description="사진", ordering="picture_rows")
    def pictures_kept(self, story):
        return story.picture_rows or 0

    def history_querysets(self, obj):
        return [*super().history_querysets(obj), StoryPicture.history.filter(story_id=obj.pk)]

    def save_related(self, request, form, formsets, change):
        before = story_actions.files_of([form.instance])
        super().save_related(request, form, formsets, change)
        days = (form.initial.get("published_on"), form.instance.published_on)
        story_actions.changed(before=before, years={day.year for day in days if day})

    def delete_model(self, request, obj):
        story_actions.delete(stories=Story.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        story_actions.delete(stories=queryset)

    def view_on_site(self, obj):
        return obj.get_absolute_url()
