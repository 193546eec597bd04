"""A folder that is named or spelt wrongly is refused with the name that was probably meant."""

from pathlib import Path

import pytest

from tests.integration.test_screening_command_line import copied, refusal, run, spoil


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shortest shipped protocol, to be spoilt."""
    return copied(tmp_path, "session-day")


def test_an_example_is_named_by_its_folder() -> None:
    said = refusal("check_protocol", "kriya")
    assert "It is an example, which is named by its folder: " in said
    named = said.partition("its folder: ")[2].removesuffix(".")
    assert "0 findings" in run("check_protocol", named)


def test_given_a_file_it_asks_for_the_folder(folder: Path) -> None:
    said = refusal("check_protocol", str(folder / "rules.json"))
    assert f'is a file. Name the folder that holds the four documents: "{folder}".' in said


@pytest.mark.parametrize(
    ("field", "cure"),
    [
        ("raised", 'Did you mean "raises"?'),
        ("claim", 'Did you mean "claims"?'),
        ("zzzz", "Remove this field, or check"),
    ],
)
def test_a_field_that_a_vignette_does_not_have_is_named_with_the_nearest(folder: Path, field: str, cure: str) -> None:
    spoil(folder, "vignettes", lambda vignettes: vignettes["vignettes"][1].update({field: []}))
    assert f'vignettes at /vignettes/1/{field}: there is no field "{field}" here. {cure}' in refusal(
        "check_protocol", str(folder)
    )


def test_a_field_deep_in_a_condition_is_named_with_the_nearest_of_its_form(folder: Path) -> None:
    spoil(folder, "rules", lambda rules: rules["rules"][0].update(when={"kind": "not", "conditoin": {}}))
    assert 'there is no field "conditoin" here. Did you mean "condition"?' in refusal("check_protocol", str(folder))


@pytest.mark.parametrize("text", ['{"a": 1,\n }', "[1, 2, ]", '{"a": [1,]}'])
def test_a_comma_too_many_is_told_how_to_be_put_right(folder: Path, text: str) -> None:
    (folder / "rules.json").write_text(text)
    assert "Take out the comma before the closing bracket." in refusal("check_protocol", str(folder))


def test_a_number_in_quotation_marks_is_one_finding(folder: Path) -> None:
    in_words = {"kind": "compare", "question": "age", "operator": ">=", "value": "5"}
    spoil(folder, "rules", lambda rules: rules["rules"][0].update(when=in_words))
    said = refusal("check_protocol", str(folder))
    assert "/rules/0/when/value: this is not a number. Write a number, without quotation marks." in said
    assert "1 finding in" in said
