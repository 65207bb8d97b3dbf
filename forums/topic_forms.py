"""The form of the topics: which one, and the tick that agrees to the mails."""

from django import forms

from forums import topic_actions, topics


class TopicForm(forms.Form):
    """One topic to follow. `followed`: the keys somebody has already."""

    topic = forms.ChoiceField(
        label="주제",
        error_messages={"required": "주제를 골라 주세요.", "invalid_choice": topic_actions.NO_TOPIC},
    )
    consent = forms.BooleanField(
        label="위의 내용을 읽었고, 고른 주제의 소식을 전자우편으로 받는 데 동의합니다",
        error_messages={"required": topic_actions.NO_CONSENT},
    )
    use_required_attribute = False

    def __init__(self, *args, followed=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [("", "고르세요"), *topics.choices(followed)]
