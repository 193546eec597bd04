"""The command line, for people and other programs: nothing is stored, and bad input ends with 2 and the reason."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.engine.answers import Answers
from screening.engine.documents import load
from screening.engine.guidance import Guidance, RuleState
from screening.engine.json_text import MAX_BYTES
from screening.engine.response_writing import answers_to_fhir
from screening.management.commands.export_schemas import FOLDER, schema_texts
from screening.management.reading_out import CRISIS_NOTE
from screening.models import RuleSetVersion
from screening.selectors.shipped import shipped_protocol
from tests import playing

ROOT = Path(__file__).parent.parent.parent
ON = "2026-11-21"


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str, **options: Any) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments, **options)
    assert refused.value.returncode == 2
    return str(refused.value)


@pytest.fixture
def response(tmp_path: Path) -> Path:
    """A response to the intake: thoughts now, whether there was an attempt declined, everything else not asked."""
    answers = {
        "suicidal-thoughts-now": {"value": True, "source": "clinician"},
        "suicide-attempt-ever": {"absent": "asked-declined"},
    }
    written = answers_to_fhir(
        load(Answers, {"answers": answers}, document="answers"), shipped_protocol("intake").questionnaire
    )
    path = tmp_path / "response.json"
    path.write_text(json.dumps(written))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shortest shipped protocol, to be spoilt."""
    return copied(tmp_path, "session-day")


@pytest.fixture
def intake_folder(tmp_path: Path) -> Path:
    """A copy of the intake, to be spoilt."""
    return copied(tmp_path, "intake")


def copied(tmp_path: Path, name: str) -> Path:
    """Copy the documents of a shipped protocol."""
    folder = tmp_path / "protocol"
    folder.mkdir()
    for path in (ROOT / "screening" / "protocols" / name).glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def spoil(folder: Path, name: str, change: Any) -> None:
    path = folder / f"{name}.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_screen_reads_out_flags_in_reading_order_and_ends_with_the_clinician(response: Path) -> None:
    lines = run("screen", "intake", str(response), on=ON).splitlines()
    headings = [line for line in lines if " · " in line and not line.startswith(" ")]
    assert lines[2] == CRISIS_NOTE
    assert headings[0].startswith("Caution · ")
    assert "Suicid" in headings[0]
    assert any(heading.startswith("Cannot be ruled out") for heading in headings)
    assert "  because: “These days, do you have thoughts of ending your life?”: Yes (assessed at screening)" in lines
    assert lines[-1].startswith("For clinician review.")
    assert lines[-1].endswith("a clinician reads the case and decides.")


def test_screen_says_what_is_missing_and_what_kind_of_source_each_citation_is(response: Path) -> None:
    text = run("screen", "intake", str(response), on=ON)
    assert "Still missing, ranked" in text
    assert "waits for: “Have you ever tried to end your life?”" in text
    assert "could be ruled out by: “What do you hope this will do for you?”" in text
    assert "sources disagree: " in text
    grades = {source.grade for source in shipped_protocol("intake").library.sources}
    assert any(grade in text for grade in grades)


def test_screen_as_json_is_the_engines_whole_output_and_what_stands_beside_it(response: Path) -> None:
    written = json.loads(run("screen", "intake", str(response), on=ON, format="json"))
    found = Guidance.from_document(written)
    beside = {name: written.pop(name) for name in ("parts", "settling", "for_a_person")}
    assert found.as_document() == written
    assert beside["parts"].keys() <= set(found.flags)
    waiting = {one.rule_id for one in found.outcomes if one.state is RuleState.CANNOT_RULE_OUT}
    assert beside["settling"].keys() == waiting
    assert beside["settling"]["aim-to-escape-or-chase"][0] == {"state": "not-met", "places": [{"link_id": "aims"}]}
    assert [check["by"] for check in beside["for_a_person"]] == ["prescriber", "clinician"]
    assert found.flags[0] == "suicidal-thoughts-now"
    assert len(found.outcomes) == len(shipped_protocol("intake").rule_set.rules)


def sent(response: Path, **fields: Any) -> str:
    """Write the response with these fields of its own, and return its path."""
    response.write_text(json.dumps(json.loads(response.read_text()) | fields))
    return str(response)


@pytest.mark.parametrize("authored", ["2024-01-15", "2024-01-15T23:30:00-05:00", "2024-01-15T09:30:00.123Z"])
def test_screen_reads_a_response_as_of_the_day_it_was_answered(response: Path, authored: str) -> None:
    path = sent(response, authored=authored)
    assert run("screen", "intake", path).splitlines()[0].endswith(" – as answered on 15 January 2024")
    assert json.loads(run("screen", "intake", path, format="json"))["on"] == "2024-01-15"


def test_the_day_that_is_asked_for_stands_before_the_responses_own(response: Path) -> None:
    first = run("screen", "intake", sent(response, authored="2024-01-15"), on="2024-03-01").splitlines()[0]
    assert first.endswith(" – as answered on 1 March 2024")


def test_a_response_without_a_day_is_read_as_of_today_and_that_is_said(response: Path) -> None:
    first = run("screen", "intake", str(response)).splitlines()[0]
    assert "as of today, " in first
    assert first.endswith("the response does not say when it was answered")


@pytest.mark.parametrize(
    ("authored", "said"),
    [
        ("tomorrow", '"tomorrow" is not the day of an answer. Give the day, such as "2024-01-15"'),
        ("2024-01", "is not the day of an answer"),
        ("2024-02-30", "is not the day of an answer"),
        ("2024-01-15T09:30:00", "day and time with the time zone"),
        (20240115, "is not the day of an answer"),
        ("0001-01-01", "lies before 1900"),
        ("2999-01-01", "lies in the future"),
        ("2999-01-01T00:00:00Z", "lies in the future"),
    ],
)
def test_a_day_that_cannot_be_is_refused_even_where_another_is_asked_for(
    response: Path, authored: Any, said: str
) -> None:
    path = sent(response, authored=authored)
    for options in ({}, {"on": ON}):
        found = refusal("screen", "intake", path, **options)
        assert found.startswith("response at /authored: ")
        assert said in found


@pytest.mark.parametrize("named", [None, "urn:soundings:questionnaire:kap-intake"])
def test_a_response_that_names_no_version_is_taken(response: Path, named: str | None) -> None:
    assert run("screen", "intake", sent(response, questionnaire=named), on=ON)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("urn:soundings:questionnaire:kap-intake|9", 'answers version "9"; what is used here has no version.'),
        ("urn:soundings:questionnaire:session-day", "Name the protocol that this response belongs to."),
        (7, "Name the protocol that this response belongs to."),
    ],
)
def test_a_response_to_something_else_is_refused(response: Path, named: Any, said: str) -> None:
    found = refusal("screen", "intake", sent(response, questionnaire=named), on=ON)
    assert found.startswith("response at /questionnaire: ")
    assert said in found


@pytest.mark.django_db
def test_a_response_to_a_published_version_names_the_version_that_was_exported(tmp_path: Path) -> None:
    protocol = playing.published(playing.house())
    name = f"version:{RuleSetVersion.objects.get(protocol=protocol).pk}"
    exported = json.loads(run("export_questionnaire", name))
    path = tmp_path / "response.json"
    path.write_text('{"resourceType": "QuestionnaireResponse", "status": "completed"}')
    assert exported["version"] == "1"
    assert run("screen", name, sent(path, questionnaire=f"{exported['url']}|1"), on=ON)
    assert "version 1 is used" in refusal("screen", name, sent(path, questionnaire=f"{exported['url']}|2"), on=ON)


def test_screen_takes_a_folder_of_ones_own(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"resourceType": "QuestionnaireResponse", "status": "completed"}')
    assert "For clinician review." in run("screen", str(folder), str(path), on=ON)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "not valid JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "NaN"),
        ("[" * 200 + "]" * 200, "levels deep"),
        ("{}", "not a QuestionnaireResponse"),
    ],
)
def test_a_response_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    assert said in refusal("screen", "intake", str(path))


def test_ten_megabytes_are_refused_unparsed(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b" " * 10_000_000)
    assert f"larger than {MAX_BYTES:,} bytes" in refusal("screen", "intake", str(path))


def test_every_answer_that_does_not_fit_is_named_with_its_link_id_and_a_cure(response: Path) -> None:
    written = json.loads(response.read_text())
    item = {"linkId": "suicidal-thoughts-nw", "answer": [{"valueBoolean": True}]}
    written["item"][0]["item"] += [item, written["item"][0]["item"][0]]
    response.write_text(json.dumps(written))
    said = refusal("screen", "intake", str(response), on=ON)
    assert '"suicidal-thoughts-nw". Did you mean "suicidal-thoughts-now"?' in said
    assert "(a repeated single answer)" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["screen", "intak", "x.json"], "one that ships: after-session, intake, session-day"),
        (["screen", "intake", "no-such-file.json"], "cannot be read"),
        (["screen", "intake", "x.json", "--on", "yesterday"], "is not a day"),
        (["screen", "intake", "x.json", "--on", "0001-01-01"], "lies before 1900"),
        (["screen", "intake", "x.json", "--on", "20261101"], "is not a day"),
        (["screen", "intake", "x.json", "--on", "2199-01-01"], "lies in the future"),
        (["check_protocol", "intak"], "There is no protocol"),
        (["export_questionnaire", "intak"], "There is no protocol"),
    ],
)
def test_what_cannot_be_found_is_said(arguments: list[str], said: str) -> None:
    assert said in refusal(*arguments)


@pytest.mark.django_db
def test_a_version_that_is_not_published_is_said(response: Path) -> None:
    assert "no published version" in refusal("screen", "version:none", str(response))


def test_check_protocol_counts_what_it_found_right(folder: Path) -> None:
    assert "0 findings" in run("check_protocol", str(folder))


def _cycle(rules: dict[str, Any]) -> None:
    rules["definitions"] = [
        {"name": name, "title": name, "condition": {"kind": "defined", "name": other}}
        for name, other in (("one", "two"), ("two", "one"))
    ]


def _unless_on_itself(rules: dict[str, Any]) -> None:
    rule = rules["rules"][0]
    rule["unless"] = [
        {"id": "x", "title": "X", "when": rule["when"], "confirmed_by": "clinician", "to": "x"},
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_cycle, "rules at /definitions/0/condition: the definitions lead in a circle: one → two → one."),
        (lambda rules: rules["rules"].append(rules["rules"][0]), "a second rule is named"),
        (_unless_on_itself, "is an exception to itself (an unless on itself)"),
        (lambda rules: rules["rules"][0].update(cites=[]), "cites nothing"),
    ],
)
def test_a_spoilt_protocol_is_refused_with_place_and_cure(folder: Path, change: Any, said: str) -> None:
    spoil(folder, "rules", change)
    assert said in refusal("check_protocol", str(folder))
    assert "rules at /" in refusal("screen", str(folder), "x.json")


def test_a_vignette_that_the_rules_do_not_bear_out_is_told_in_words(folder: Path) -> None:
    def change(vignettes: dict[str, Any]) -> None:
        told = next(vignette for vignette in vignettes["vignettes"] if vignette.get("raises"))
        told["not_raised"], told["raises"] = told["raises"], []

    spoil(folder, "vignettes", change)
    said = refusal("check_protocol", str(folder))
    assert "is met; the vignette says not met" in said


def _tells_other_claims(vignettes: dict[str, Any]) -> None:
    told = {vignette["id"]: vignette for vignette in vignettes["vignettes"]}
    told["ocd-six-sessions"]["claims"] = {"ocd-preparation-first": []}
    told["ocd-five-sessions"]["claims"] = {"ocd-preparation-first": ["prepared"]}


def test_a_vignette_whose_exceptions_come_out_otherwise_is_told_in_words(intake_folder: Path) -> None:
    spoil(intake_folder, "vignettes", _tells_other_claims)
    said = refusal("check_protocol", str(intake_folder))
    assert 'of "ocd-preparation-first" claimed: "prepared"; the vignette says no exception is claimed.' in said
    assert 'of "ocd-preparation-first" no exception is claimed; the vignette says claimed: "prepared".' in said


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"ocd-preparation-first": ["prepard"]}, 'has no exception "prepard". Did you mean "prepared"?'),
        ({"ocd-preparation-frist": []}, 'there is no rule "ocd-preparation-frist". Did you mean "ocd-prep'),
    ],
)
def test_a_vignette_that_claims_what_does_not_exist_is_refused(
    intake_folder: Path, claims: dict[str, list[str]], said: str
) -> None:
    spoil(intake_folder, "vignettes", lambda vignettes: vignettes["vignettes"][0].update(claims=claims))
    assert said in refusal("check_protocol", str(intake_folder))


def test_a_rule_that_no_vignette_tries_is_named(folder: Path) -> None:
    spoil(folder, "vignettes", lambda vignettes: vignettes.update(vignettes=vignettes["vignettes"][:1]))
    assert "no vignette tells" in refusal("check_protocol", str(folder))


def test_a_missing_document_is_named(folder: Path) -> None:
    (folder / "guidance.json").unlink()
    assert "guidance at /: this document is missing. Add guidance.json" in refusal("check_protocol", str(folder))


def test_what_is_found_is_written_as_json_with_the_words_at_its_place(folder: Path) -> None:
    spoil(folder, "rules", lambda rules: rules["rules"][0].update(cites=["SUI-99"]))
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 finding in") as refused:
        call_command("check_protocol", str(folder), format="json", stdout=out)
    assert refused.value.returncode == 2
    assert [found for found in json.loads(out.getvalue())["findings"] if found["level"] == "error"] == [
        {
            "document": "rules",
            "pointer": "/rules/0/cites/0",
            "words": '"SUI-99"',
            "problem": 'there is no guidance statement "SUI-99".',
            "cure": 'Did you mean "SUI-3"?',
            "level": "error",
        }
    ]


def test_a_document_that_cannot_be_loaded_is_told_as_json_too(folder: Path) -> None:
    (folder / "rules.json").write_text('{"title": NaN}')
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 finding in"):
        call_command("check_protocol", str(folder), format="json", stdout=out)
    told = json.loads(out.getvalue())["findings"]
    assert [(found["pointer"], found["words"]) for found in told] == [("/title", "NaN")]


def test_a_sound_protocol_is_told_as_json_without_an_error(folder: Path) -> None:
    told = json.loads(run("check_protocol", str(folder), format="json"))
    assert [found for found in told["findings"] if found["level"] == "error"] == []


def test_export_questionnaire_writes_fhir(tmp_path: Path) -> None:
    path = tmp_path / "questionnaire.json"
    run("export_questionnaire", "intake", output=str(path))
    assert json.loads(path.read_text())["resourceType"] == "Questionnaire"
    assert json.loads(run("export_questionnaire", "intake")) == json.loads(path.read_text())


def test_the_exit_codes_are_zero_and_two_and_the_reason_stands_on_standard_error(response: Path) -> None:
    command = [sys.executable, "manage.py", "screen", "intake", "-"]
    done = subprocess.run(command, cwd=ROOT, input=response.read_bytes(), capture_output=True, check=False)
    bad = subprocess.run(command, cwd=ROOT, input=b"{}", capture_output=True, check=False)
    assert (done.returncode, bad.returncode) == (0, 2)
    assert (bad.stdout, done.stderr) == (b"", b"")
    assert b"not a QuestionnaireResponse" in bad.stderr


def test_the_schemas_in_the_docs_are_current() -> None:
    """``manage.py export_schemas`` rewrites them."""
    assert {path.name: path.read_text() for path in FOLDER.glob("*.json")} == schema_texts()
