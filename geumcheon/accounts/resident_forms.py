"""Forms of residents: signing up, the own page, the checks."""

import re
import unicodedata

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from geumcheon.accounts.forms import HOW_TO_CHOOSE, MISMATCH
from geumcheon.accounts.models import Basis, Dong, User
from geumcheon.accounts.verification import keys

# Names that would read as an office of the district.
OFFICES = re.compile(r"협치추진단|협치포털|관리자|운영자|금천구청|구청장|담당자|admin", re.I)


def clean_nickname(value):
    """A name to show: one line of plain letters. Zero-width, control and direction signs would fake another's name."""
    value = " ".join(unicodedata.normalize("NFKC", value).split())
    if any(unicodedata.category(ch) in ("Cc", "Cf", "Co", "Cn", "Cs") for ch in value):
        raise ValidationError("보이지 않는 글자가 섞여 있습니다.")
    if len(value) < 2:
        raise ValidationError("두 글자 이상 적어 주세요.")
    if OFFICES.search(value.replace(" ", "")):
        raise ValidationError("공공기관이나 운영자로 보이는 별명은 쓸 수 없습니다.")
    return value


class NicknameField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs = {
            "label": "별명",
            "max_length": 20,
            "help_text": "제안과 의견에 보일 이름입니다. 본명이 아니어도 됩니다.",
        } | kwargs
        super().__init__(**kwargs)
        self.widget.attrs["autocomplete"] = "nickname"

    def clean(self, value):
        return clean_nickname(super().clean(value))


class AddressField(forms.EmailField):
    def __init__(self, **kwargs):
        kwargs = {
            "label": "전자우편",
            "max_length": 254,
            "help_text": "로그인할 때 씁니다. 남에게 보이지 않습니다.",
        } | kwargs
        super().__init__(**kwargs)
        self.widget.attrs |= {"autocomplete": "email", "autocapitalize": "none"}

    def clean(self, value):
        return (super().clean(value) or "").lower()


def _password(label, help_text="", complete="current-password"):
    widget = forms.PasswordInput(attrs={"autocomplete": complete})
    return forms.CharField(label=label, help_text=help_text, widget=widget, strip=False, max_length=128)


class ConsentFields(forms.Form):
    """What every way into an account asks. The links to the texts stand above the boxes on the page."""

    age = forms.BooleanField(
        label="만 14세 이상입니다", error_messages={"required": "만 14세 이상만 가입할 수 있습니다."}
    )
    consent = forms.BooleanField(
        label="이용약관과 개인정보 처리방침에 동의합니다",
        error_messages={"required": "동의해야 가입할 수 있습니다."},
    )


class SignUpForm(ConsentFields):
    email = AddressField()
    name = NicknameField()
    password1 = _password("비밀번호", HOW_TO_CHOOSE, "new-password")
    password2 = _password("비밀번호 확인", "한 번 더 적어 주세요.", "new-password")

    field_order = ["email", "name", "password1", "password2", "age", "consent"]

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", MISMATCH)
        elif first:
            try:
                validate_password(first, User(email=cleaned.get("email", ""), name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class SocialSignUpForm(ConsentFields):
    email = AddressField(help_text="이 주소로 온 링크를 누르면 글을 쓸 수 있습니다. 남에게 보이지 않습니다.")
    name = NicknameField()

    field_order = ["email", "name", "age", "consent"]


class ChosenPasswordForm(forms.Form):
    password = _password("가입할 때 정한 비밀번호")


class NicknameForm(forms.Form):
    name = NicknameField()


class OwnPassword:
    """Asks an account with a password for it; one of Kakao, Naver or OIDC has none."""

    def ask_password(self, user):
        self.user = user
        if user.has_usable_password():
            self.fields["password"] = _password("지금 쓰는 비밀번호")

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError("지금 쓰는 비밀번호가 맞지 않습니다.")
        return password


class EmailForm(OwnPassword, forms.Form):
    email = AddressField(
        label="새 전자우편", help_text="이 주소로 링크를 보냅니다. 누르기 전까지는 지금 주소를 씁니다."
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_password(user)


class LeaveForm(OwnPassword, forms.Form):
    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_password(user)
        if "password" not in self.fields:
            self.fields["word"] = forms.CharField(label="‘탈퇴’라고 적어 주세요", max_length=10)

    def clean_word(self):
        if self.cleaned_data["word"] != "탈퇴":
            raise ValidationError("‘탈퇴’ 두 글자를 적어 주세요.")
        return self.cleaned_data["word"]


# --- checks -------------------------------------------------------------------------------------------------------


class BelongingForm(forms.Form):
    """Why the person belongs to the district, and where."""

    basis = forms.ChoiceField(label="금천구와의 관계", choices=Basis.choices, widget=forms.RadioSelect)
    dong = forms.ModelChoiceField(
        label="동", queryset=Dong.objects.all(), required=False, empty_label="고르지 않음",
        help_text="금천구에 살면 꼭 골라 주세요. 다니는 곳이면 그곳의 동입니다.",
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("basis") == Basis.RESIDENCE and not cleaned.get("dong") and "dong" not in self.errors:
            self.add_error("dong", "금천구에 살면 동을 골라 주세요.")
        return cleaned


class NumberField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs = {"label": "휴대전화 번호", "max_length": 30} | kwargs
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel"}

    def clean(self, value):
        return keys.normalise_number(super().clean(value))


class NumberForm(BelongingForm):
    number = NumberField(help_text="번호는 저장하지 않습니다. 같은 번호인지 알아볼 수만 있는 값으로 바꿔 둡니다.")


class CodeForm(forms.Form):
    code = forms.CharField(label="확인 번호", max_length=20, help_text="문자로 받은 숫자 여섯 자리")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class PaperForm(forms.Form):
    code = forms.CharField(label="종이에 적힌 코드", max_length=40, help_text="예: ABCD-EFGH-IJKL-MNOP")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}


class CounterForm(BelongingForm):
    """What the secretariat fills in while the person stands at the counter."""

    email = AddressField(
        label="계정의 전자우편", required=False, help_text="비우면 본인이 나중에 쓸 종이 코드를 만듭니다."
    )
    roll_number = forms.CharField(
        label="명부 번호", required=False, max_length=60,
        help_text="명부가 있을 때만. 저장하지 않고 같은 사람을 두 번 확인하지 않는 데만 씁니다.",
    )  # fmt: skip
    seen = forms.BooleanField(label="신분증을 보았습니다", error_messages={"required": "신분증을 본 뒤에 확인합니다."})

    field_order = ["email", "basis", "dong", "roll_number", "seen"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if not email:
            return None
        self.account = User.objects.filter(email=email, is_active=True).first()
        if self.account is None:
            raise ValidationError("이 주소를 쓰는 계정이 없습니다.")
        return email
