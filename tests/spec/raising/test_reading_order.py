"""The order in which flags are read. It adds up to nothing."""

from tests.spec.book import evaluated, given, response, rule, yes


def test_flags_are_read_by_concern_and_what_cannot_be_ruled_out_after_all_that_is_met() -> None:
    rules = [
        rule("unknown-advises-against", yes("b"), concern="advises-against"),
        rule("caution", yes("a"), concern="caution"),
        rule("not-raised", yes("c"), concern="advises-against"),
        rule("safeguard", yes("a"), concern="safeguard-missing"),
        rule("condition", yes("a"), concern="condition-missing"),
        rule("differential", yes("a"), concern="differential"),
        rule("prepare", yes("a"), concern="prepare"),
        rule("treat-first", yes("a"), concern="treat-first"),
        rule("advises-against", yes("a"), concern="advises-against"),
    ]
    found = evaluated(*rules, answers=response(given(a="yes", c="no")))
    assert found.flags == (
        "advises-against",
        "treat-first",
        "prepare",
        "caution",
        "differential",
        "condition",
        "safeguard",
        "unknown-advises-against",
    )


def test_suicidality_is_read_first_even_where_it_cannot_be_ruled_out() -> None:
    rules = [
        rule("other", yes("a"), concern="advises-against"),
        rule("open", yes("b"), concern="advises-against", topic="suicidality"),
        rule("caution", yes("a"), concern="caution", topic="suicidality"),
    ]
    assert evaluated(*rules, answers=response(given(a="yes"))).flags == ("caution", "open", "other")


def test_rules_of_one_concern_keep_the_order_of_the_document() -> None:
    found = evaluated(rule("second", yes("a")), rule("first", yes("a")), answers=response(given(a="yes")))
    assert found.flags == ("second", "first")
