"""Forms of sign-in and passwords (allauth's, in the portal's words) and of the user admin."""

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from geumcheon.accounts import actions
from geumcheon.accounts.models import User
from geumcheon.lib.formsets import RowFormSet

HOW_TO_CHOOSE = "10자 이상으로 정해 주세요. 숫자로만 쓰거나 흔한 말을 쓰면 안 됩니다. 짧은 문장도 좋습니다."
MISMATCH = "두 비밀번호가 서로 다릅니다. 다시 적어 주세요."


class PlainFields:
    """Label above the field, help below, no placeholder that vanishes while typing."""

    labels = {}
    helps = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class TwoPasswords(PlainFields):
    """The new password twice; a difference is said at the second field."""

    def clean(self):
        # Past allauth's own clean, which says the same in other words.
        cleaned = super(allauth_forms.PasswordVerificationMixin, self).clean()
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", MISMATCH)
        return cleaned


class SignInForm(PlainFields, allauth_forms.LoginForm):
    labels = {"login": "아이디 또는 전자우편", "password": "비밀번호", "remember": "이 기기에서 로그인 유지"}
    helps = {"remember": "12시간까지 유지합니다. 여럿이 쓰는 컴퓨터에서는 켜지 마세요."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.validators.append(MaxLengthValidator(254))
        login.widget.attrs.update(autocomplete="username", autocapitalize="none", maxlength=254)


class ResetForm(PlainFields, allauth_forms.ResetPasswordForm):
    labels = {"email": "전자우편"}
    helps = {"email": "가입했거나 초대 편지를 받은 주소를 적어 주세요."}


class ResetKeyForm(TwoPasswords, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": "새 비밀번호", "password2": "새 비밀번호 확인"}
    helps = {"password1": HOW_TO_CHOOSE, "password2": "한 번 더 적어 주세요."}


class PasswordChangeForm(TwoPasswords, allauth_forms.ChangePasswordForm):
    labels = {"oldpassword": "지금 쓰는 비밀번호", "password1": "새 비밀번호", "password2": "새 비밀번호 확인"}
    helps = {"password1": HOW_TO_CHOOSE, "password2": "한 번 더 적어 주세요."}


class PasswordSetForm(TwoPasswords, allauth_forms.SetPasswordForm):
    labels = {"password1": "비밀번호", "password2": "비밀번호 확인"}
    helps = {"password1": HOW_TO_CHOOSE, "password2": "한 번 더 적어 주세요."}


class FirstPasswordForm(PlainFields, SetPasswordForm):
    """The first password of an invited person. Saving is the action `set_first_password`."""

    error_messages = {"password_mismatch": MISMATCH}
    labels = {"new_password1": "비밀번호", "new_password2": "비밀번호 확인"}
    helps = {"new_password1": HOW_TO_CHOOSE, "new_password2": "한 번 더 적어 주세요."}


class UserForm(forms.ModelForm):
    """A user in the admin: never a password, so that nobody but the person knows it."""

    class Meta:
        model = User
        fields = ["username", "name", "email", "role", "is_active", "blocked_until", "blocked_reason"]
        labels = {"username": "아이디"}
        help_texts = {
            "username": "로그인할 때 씁니다. 글자, 숫자와 @ . + - _ 만 쓸 수 있습니다.",
            "is_active": "끄면 로그인할 수 없습니다. 기록이 있는 사람은 지우지 않고 이것을 끕니다.",
        }

    def clean_username(self):
        """Sign-in ignores upper and lower case, so two names may not differ in it alone."""
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError("이미 쓰고 있는 아이디입니다.")
        return username

    def clean_email(self):
        """Addresses are kept in lower case: sign-in and password reset look them up that way."""
        email = self.cleaned_data["email"].lower()
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("이미 쓰고 있는 전자우편 주소입니다.")
        return email

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("blocked_until") and not cleaned.get("blocked_reason"):
            self.add_error("blocked_reason", "글쓰기를 멈출 때에는 까닭을 적어 주세요.")
        return cleaned


class UserAddForm(UserForm):
    class Meta(UserForm.Meta):
        fields = ["username", "name", "email", "role"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = "이 주소로 비밀번호를 정하는 링크를 보냅니다."


class AssignmentFormSet(RowFormSet):
    """All assignments of one user, checked together with the role chosen on the same page."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        deleted = set(self.deleted_forms)
        kept = [form.instance for form in self.forms if form not in deleted and form.instance.department_id]
        actions.check_assignments(self.instance.role, kept)
