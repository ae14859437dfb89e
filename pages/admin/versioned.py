"""Two people on one row: the later save is told, instead of writing over the earlier one."""

from typing import Any

from django import forms

TOO_LATE = (
    "Someone else saved this while you had it open, so nothing of yours was saved. "
    "Your words are still below: open this page in a second tab and bring them together there."
)


class VersionedForm(forms.ModelForm):
    too_late = TOO_LATE
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        """Holds the row until the save is done, so that no one comes between."""
        cleaned = super().clean()
        rows = type(self.instance)._default_manager.select_for_update()
        stored = rows.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if stored is not None and stored != self.cleaned_data.get("seen_version"):
            raise forms.ValidationError(self.too_late)
        self.instance.version = (stored or 0) + 1
        return cleaned
