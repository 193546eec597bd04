"""known-from: on whose word."""

from tests.spec.book import check


def test_known_from_reads_the_source_and_not_the_value() -> None:
    check(
        {"kind": "known-from", "question": "a", "sources": ["clinician", "record"]},
        """
        a             | rule
        --------------+--------
        yes@record    | met
        no@clinician  | met
        yes@client    | not met
        yes@test      | not met
        yes           | not met
        """,
    )


def test_without_an_answer_nobody_can_say_whose_word_it_is() -> None:
    check(
        {"kind": "known-from", "question": "a", "sources": ["client"]},
        """
        a               | rule
        ----------------+--------
        declined@client | unknown
        unknown@record  | unknown
        -               | unknown
        """,
    )
