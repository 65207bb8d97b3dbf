"""The secret part of a person's calendar address."""

from django.db import models

from councils.models.membership import Person


class CalendarAddress(models.Model):
    """That a person subscribes to the own meetings. `nonce` goes into the signature of the address: a new one ends the old address.

    The address itself is not stored; it is signed with the portal's key and the account's password (councils.ics).
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="calendar_address", verbose_name="사람"
    )
    nonce = models.CharField("표지", max_length=43, editable=False)
    made_at = models.DateTimeField("만든 때", editable=False)

    class Meta:
        verbose_name = "달력 주소"
        verbose_name_plural = "달력 주소"

    def __str__(self):
        return f"{self.made_at:%Y-%m-%d}"
