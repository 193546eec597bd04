"""The twenty-seven forms in their order: what a study of published criteria found that rule documents have to hold."""

from tests.spec.forms import of_answers, of_flags, of_rows
from tests.spec.forms.form import Form


def _forms_of(module: object) -> list[Form]:
    return [value for value in vars(module).values() if isinstance(value, Form)]


FORMS = tuple(
    sorted(
        [form for module in (of_answers, of_rows, of_flags) for form in _forms_of(module)],
        key=lambda form: form.number,
    )
)
