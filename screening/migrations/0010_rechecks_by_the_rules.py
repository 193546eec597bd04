"""What a worklist looks for: when the rules themselves have answers asked again, and what a newer screening answered.

Both are worked out for older cases too.
"""

import json
from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

from screening.engine.dates import Duration


def say_when(apps: Any, schema_editor: Any) -> None:
    """Write the first day on which a raised rule has its answers asked again, for what was submitted until now."""
    rule_sets = apps.get_model("screening", "RuleSetVersion").objects.only("pk", "rules")
    for version in rule_sets.iterator(chunk_size=20):
        for rule in json.loads(version.rules)["rules"]:
            every = (rule.get("recheck") or {}).get("every")
            if every:
                _of_rule(apps, version.pk, rule["id"], Duration(**every))


def _of_rule(apps: Any, version: Any, rule_id: str, every: Duration) -> None:
    screening = apps.get_model("screening", "Screening")
    raised = screening.objects.filter(
        rule_set_version=version, current_evaluation__flags__rule_id=rule_id, erased_at__isnull=True
    )
    for on in set(raised.values_list("current_evaluation__on", flat=True)):
        day = every.after(on)
        ids = raised.filter(Q(ask_again_on=None) | Q(ask_again_on__gt=day), current_evaluation__on=on)
        screening.objects.filter(pk__in=list(ids.values_list("pk", flat=True))).update(ask_again_on=day)


def say_what_was_followed(apps: Any, schema_editor: Any) -> None:
    """Mark each screening after which a newer one of the same client on the same protocol was submitted."""
    screening = apps.get_model("screening", "Screening")
    newer = screening.objects.filter(
        client=OuterRef("client"),
        protocol=OuterRef("protocol"),
        started_at__gt=OuterRef("started_at"),
        submitted_at__isnull=False,
    )
    screening.objects.filter(Exists(newer)).update(followed=True)


class Migration(migrations.Migration):
    dependencies = [("screening", "0009_codes_that_look_alike")]

    operations = [
        migrations.AddField("screening", "ask_again_on", models.DateField(blank=True, null=True)),
        migrations.AddField("screening", "followed", models.BooleanField(default=False)),
        migrations.RunPython(say_when, migrations.RunPython.noop),
        migrations.RunPython(say_what_was_followed, migrations.RunPython.noop),
        migrations.AddIndex(
            "screening",
            models.Index(
                fields=["practice", "recheck_on", "id"],
                condition=Q(recheck_on__isnull=False, followed=False),
                name="screening_recheck_due",
            ),
        ),
        migrations.AddIndex(
            "screening",
            models.Index(
                fields=["practice", "ask_again_on", "id"],
                condition=Q(ask_again_on__isnull=False, followed=False),
                name="screening_asked_again",
            ),
        ),
    ]
