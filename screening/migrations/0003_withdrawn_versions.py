"""Withdrawn drafts are kept and frozen, and who edited a draft is never struck out."""

from django.conf import settings
from django.db import migrations, models

from core.ledger.guards import guard_operations


class Migration(migrations.Migration):

    dependencies = [
        ('screening', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='questionnaireversion',
            name='questionnaire_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='questionnaireversion',
            name='questionnaire_published_by_someone',
        ),
        migrations.RemoveConstraint(
            model_name='rulesetversion',
            name='rule_set_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='rulesetversion',
            name='rule_set_published_by_someone',
        ),
        migrations.AlterField(
            model_name='questionnaireversion',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('in-review', 'In review'), ('active', 'Active'), ('retired', 'Retired'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='rulesetversion',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('in-review', 'In review'), ('active', 'Active'), ('retired', 'Retired'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='questionnaireversion',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in-review', 'active', 'retired', 'withdrawn'])), name='questionnaire_status_known'),
        ),
        migrations.AddConstraint(
            model_name='questionnaireversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('status__in', ['draft', 'in-review', 'withdrawn'])), models.Q(('published_at__isnull', False), ('status__in', ['active', 'retired'])), _connector='OR'), name='questionnaire_published_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in-review', 'active', 'retired', 'withdrawn'])), name='rule_set_status_known'),
        ),
        migrations.AddConstraint(
            model_name='rulesetversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('status__in', ['draft', 'in-review', 'withdrawn'])), models.Q(('published_at__isnull', False), ('status__in', ['active', 'retired'])), _connector='OR'), name='rule_set_published_by_someone'),
        ),
        *guard_operations("screening.QuestionnaireVersion", "screening.RuleSetVersion", "screening.DraftEditor"),
    ]
