"""The forms of the sign-in. Password managers fill them in, and pasting works."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm

# The same for every reason there is.
NOT_TOGETHER = (
    "That name and password do not go together. Capitals count in both. Try again, or use a "
    "passkey."
)
WRONG_CODE = "That code is not right, or it was used before. Wait for the next one and try again."


class PasswordForm(AdminAuthenticationForm):
    error_messages = {
        "invalid_login": NOT_TOGETHER,
        "inactive": NOT_TOGETHER,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].widget.attrs["autocomplete"] = "username webauthn"
        self.fields["username"].error_messages["required"] = "Enter your user name"
        self.fields["password"].error_messages["required"] = "Enter your password"


class CodeForm(forms.Form):
    """A code of six digits from an app, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        error_messages={"required": "Enter a code", "max_length": WRONG_CODE},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class AppForm(forms.Form):
    """The first code of an authenticator app shows that it has the secret."""

    name = forms.CharField(
        label="What to call it",
        required=False,
        max_length=64,
        help_text="If you like, such as “Work phone”.",
    )
    code = forms.CharField(
        label="Code from the app",
        max_length=10,
        help_text="Six digits. They change every half minute.",
        error_messages={
            "required": "Enter the code that the app shows",
            "max_length": "The code has six digits",
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
