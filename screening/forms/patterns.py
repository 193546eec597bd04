"""The fields of the page of components: one of each kind, as it is empty and as it is sent back."""

from django import forms

from core.forms import Form, LongText

OPTIONS = [("one", "The first"), ("two", "The second, with words that go on for longer than a phone is wide")]


class EveryField(Form):
    """One field of each kind that the product's forms have."""

    line = forms.CharField(label="A line of text", help_text="What is to be written here, before the field.")
    words = LongText(label="Words", max_length=200, widget=forms.Textarea({"rows": 3}), required=False)
    number = forms.IntegerField(
        label="A number", min_value=0, max_value=10, widget=forms.TextInput({"inputmode": "numeric"})
    )
    chosen = forms.ChoiceField(label="One of a list", choices=[("", "Choose"), *OPTIONS])
    one = forms.ChoiceField(
        label="One of a few", choices=OPTIONS, widget=forms.RadioSelect({"class": "form-check-input"})
    )
    several = forms.MultipleChoiceField(
        label="Several of a few",
        choices=OPTIONS,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        required=False,
    )
    tick = forms.BooleanField(label="A tick to set")
