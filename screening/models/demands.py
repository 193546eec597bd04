"""What the subject's rows demand of each other, held by the database whatever the application does."""

from core.ledger.demands import demand

demand(
    name="determination_needs_answers",
    table="screening_determination",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_flag f WHERE f.evaluation_id = NEW.evaluation_id"
        " AND NOT EXISTS (SELECT 1 FROM screening_flaganswer a WHERE a.flag_id = f.id))"
    ),
    said="a determination needs an answer to every flag",
)
demand(
    name="determination_follows_evaluation",
    table="screening_determination",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_evaluation e WHERE e.id = NEW.evaluation_id"
        " AND e.evaluated_at > NEW.signed_at)"
    ),
    said="a determination is not signed before its answers were evaluated",
)
demand(
    name="publisher_is_no_editor",
    table="screening_rulesetversion",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_drafteditor e WHERE e.version_id = NEW.id AND e.user_id = NEW.published_by_id)"
    ),
    said="nobody publishes a version that they took part in writing",
)
demand(
    name="published_gains_no_editor",
    table="screening_drafteditor",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_rulesetversion v"
        " WHERE v.id = NEW.version_id AND v.published_by_id IS NOT NULL)"
    ),
    said="a published version gains no editors",
)
demand(
    name="acknowledged_by_another",
    table="screening_emergencyacknowledgement",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_emergencyaccess a"
        " WHERE a.id = NEW.access_id AND a.opened_by_id = NEW.acknowledged_by_id)"
    ),
    said="nobody acknowledges an emergency access of their own",
)
