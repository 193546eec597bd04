"""No two codes of a practice differ by capitals or spaces alone: who types one means one person."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower, Trim


def tell_apart(apps: Any, schema_editor: Any) -> None:
    """Write codes without needless spaces, and number those that look like an earlier one; say which."""
    client, taken = apps.get_model("screening", "Client"), set()
    for found in client.objects.order_by("created_at", "pk").only("pk", "practice_id", "code"):
        plain = code = " ".join(found.code.split())
        number = 2
        while (found.practice_id, code.lower()) in taken:
            end = f"-{number}"
            code, number = f"{plain[: 20 - len(end)]}{end}", number + 1
        taken.add((found.practice_id, code.lower()))
        if code != found.code:
            client.objects.filter(pk=found.pk).update(code=code)
        if code != plain:
            print(f"\n  The client {found.pk} has the code {code} now: it looked like another one's.")


class Migration(migrations.Migration):
    dependencies = [("screening", "0008_determination_follows_evaluation")]

    operations = [
        migrations.RemoveConstraint(model_name="client", name="client_code_once_in_a_practice"),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(F("practice"), Lower("code"), name="client_code_once_in_a_practice"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=Q(code=Trim("code")) & ~Q(code__contains="  "), name="client_code_as_written"
            ),
        ),
    ]
