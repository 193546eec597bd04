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
demand(
    name="flag_answer_needs_reading",
    table="screening_flaganswer",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_flag f"
        " JOIN screening_evaluation e ON e.id = f.evaluation_id"
        " JOIN screening_responseversion r ON r.id = e.response_id"
        " JOIN screening_readingdraw d ON d.screening_id = r.screening_id"
        " WHERE f.id = NEW.flag_id AND d.drawn"
        " AND NOT EXISTS (SELECT 1 FROM screening_reading x WHERE x.draw_id = d.id))"
    ),
    said="a case drawn to be read first needs its reading before a flag is answered",
)
demand(
    name="determination_needs_reading",
    table="screening_determination",
    refuse_when=(
        "EXISTS (SELECT 1 FROM screening_evaluation e"
        " JOIN screening_responseversion r ON r.id = e.response_id"
        " JOIN screening_readingdraw d ON d.screening_id = r.screening_id"
        " WHERE e.id = NEW.evaluation_id AND d.drawn"
        " AND NOT EXISTS (SELECT 1 FROM screening_reading x WHERE x.draw_id = d.id))"
    ),
    said="a case drawn to be read first needs its reading before it is signed",
)
demand(
    name="reading_of_what_was_drawn",
    table="screening_reading",
    refuse_when=(
        "NOT EXISTS (SELECT 1 FROM screening_readingdraw d"
        " JOIN screening_responseversion r ON r.screening_id = d.screening_id"
        " JOIN screening_evaluation e ON e.response_id = r.id"
        " WHERE d.id = NEW.draw_id AND d.drawn AND e.id = NEW.evaluation_id)"
    ),
    said="a reading is of the case that was drawn",
)
