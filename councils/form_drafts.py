"""What somebody typed into a meeting's form and has not sent: one draft per person and form, on the server."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import QueryDict

from geumcheon.accounts.models import FormDraft
from geumcheon.lib import clock

KEEP = timedelta(days=30)
MAX_NAMES = 3_000
MAX_BYTES = 200_000
SIGNED_OUT = "form_sent_signed_out"  # in the session of somebody whose sign-in ended before the form came


def clean(values):
    """{name: [text, …]} from what a page sent. Raises ValidationError for anything else, or too much of it."""
    if not isinstance(values, dict) or len(values) > MAX_NAMES:
        raise ValidationError("적은 것을 읽을 수 없습니다.")
    cleaned, size = {}, 0
    for name, texts in values.items():
        texts = texts if isinstance(texts, list) else [texts]
        if not all(isinstance(text, str) for text in texts):
            raise ValidationError("적은 것을 읽을 수 없습니다.")
        size += len(name.encode()) + sum(len(text.encode()) for text in texts)
        if "\x00" not in name and name != "csrfmiddlewaretoken":
            cleaned[name] = [text.replace("\x00", "") for text in texts]
    if size > MAX_BYTES:
        raise ValidationError("적은 글이 너무 길어 서버에 갈무리하지 못했습니다. ‘저장’을 눌러 주세요.")
    return cleaned


def keep(*, user, key, values):
    """Keep the newest of what is typed. Returns the draft."""
    values = {"data": clean(values), "saved_at": clock.now()}
    return FormDraft.objects.update_or_create(user=user, key=key, defaults=values)[0]


def find(user, key):
    return FormDraft.objects.filter(user=user, key=key).first()


def drop(user, key):
    FormDraft.objects.filter(user=user, key=key).delete()


def as_data(draft):
    """A QueryDict of a draft, as a form takes it."""
    data = QueryDict(mutable=True)
    for name, texts in draft.data.items():
        data.setlist(name, texts)
    return data


def keep_signed_out(request, key):
    """Hold a form that came without a sign-in in the session until the sign-in; an over-long one is let go."""
    try:
        values = clean({name: request.POST.getlist(name) for name in request.POST})
    except ValidationError:
        return
    request.session[SIGNED_OUT] = {"key": key, "values": values}
    request.session.set_expiry(timedelta(hours=2))


def claim_signed_out(request, key):
    """Make a form that was held in the session a draft of who signed in. Returns whether there was one."""
    held = request.session.get(SIGNED_OUT)
    if not held or held["key"] != key:
        return False
    del request.session[SIGNED_OUT]
    request.session.set_expiry(None)
    keep(user=request.user, key=key, values=held["values"])
    return True


def destroy_old():
    """Delete drafts that nobody touched for 30 days (DESIGN.md rule 9). Returns how many."""
    return FormDraft.objects.filter(saved_at__lt=clock.now() - KEEP).delete()[0]
