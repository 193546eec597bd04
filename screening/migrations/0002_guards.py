"""Guard the append-only tables, and hold in the database what a determination must never lack."""

from django.db import migrations

from core.ledger.guards import guard_operations

UNANSWERED = """
    SELECT 1 FROM screening_flag f WHERE f.evaluation_id = NEW.evaluation_id
    AND NOT EXISTS (SELECT 1 FROM screening_flaganswer a WHERE a.flag_id = f.id)
"""
SAID = "a determination needs an answer to every flag"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION determination_needs_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS ({UNANSWERED}) THEN
        RAISE EXCEPTION '{SAID}' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER determination_needs_answers BEFORE INSERT ON screening_determination
    FOR EACH ROW EXECUTE FUNCTION determination_needs_answers();
ALTER TABLE screening_determination ENABLE ALWAYS TRIGGER determination_needs_answers;
"""
POSTGRESQL_BACK = """
DROP TRIGGER IF EXISTS determination_needs_answers ON screening_determination;
DROP FUNCTION IF EXISTS determination_needs_answers();
"""
SQLITE = f"""
CREATE TRIGGER determination_needs_answers BEFORE INSERT ON screening_determination
FOR EACH ROW WHEN EXISTS ({UNANSWERED})
BEGIN SELECT RAISE(ABORT, '{SAID}'); END;
"""


def _run(schema_editor, postgresql, sqlite):
    statement = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement)


def demand_answers(apps, schema_editor):
    demand_no_answers(apps, schema_editor)  # after every migrate all demands are put back, so it may be there already
    _run(schema_editor, POSTGRESQL, SQLITE)


def demand_no_answers(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, "DROP TRIGGER IF EXISTS determination_needs_answers")


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        *guard_operations(
            "screening.QuestionnaireVersion",
            "screening.RuleSetVersion",
            "screening.ResponseVersion",
            "screening.Evaluation",
            "screening.Flag",
            "screening.FlagAnswer",
            "screening.Return",
            "screening.Determination",
        ),
        migrations.RunPython(demand_answers, demand_no_answers),
    ]
