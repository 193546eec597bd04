"""`protocol_coverage`: where each statement went, which rule has none, and which case is missing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.selectors.shipped import shipped_names
from tests.integration.test_example_protocols import NAMES

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "protocols"
EXAMPLES = "screening/protocols/examples"
PAGE_OF = {name: f"{EXAMPLES}/{name}" for name in NAMES} | {name: name for name in shipped_names()}


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shortest example, to be spoilt."""
    for path in (ROOT / EXAMPLES / "kriya").glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("protocol_coverage", *arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == 2
    return str(refused.value)


def spoil(folder: Path, name: str, change: Any) -> str:
    document = json.loads((folder / f"{name}.json").read_text())
    change(document)
    (folder / f"{name}.json").write_text(json.dumps(document))
    return str(folder)


def report(folder: Path, name: str, change: Any) -> Any:
    return json.loads(run(spoil(folder, name, change), format="json"))


def test_it_names_each_statement_with_its_source_and_what_holds_it() -> None:
    lines = run(f"{EXAMPLES}/kriya").splitlines()
    place = lines.index("KRI-3 · safeguard · KRIYA ethical guidelines 1.1")
    assert lines[place + 2].startswith("  rule: ")
    assert lines[place + 2].endswith("(mental-health-tasks-open)")


def test_it_tells_a_rule_from_an_exception_from_what_is_only_shown() -> None:
    held = {one["id"]: one for one in json.loads(run("intake", format="json"))["statements"]}
    parts = [(holder["part"], holder.get("exception")) for holder in held["PSY-2"]["held_by"]]
    assert parts == [
        ("exception", "symptoms-now-all-the-same"),
        ("rule", None),
        ("beside", None),
        ("disagreement", None),
    ]
    assert [holder["part"] for holder in held["LNG-1"]["held_by"]] == ["beside", "beside", "context"]
    assert (held["PSY-2"]["answered"], held["LNG-1"]["answered"]) == (True, False)


def test_a_statement_that_nobody_holds_is_named(folder: Path) -> None:
    found = report(folder, "guidance", lambda guidance: guidance["statements"].append(_statement("KRI-9")))
    assert found["held_by_nobody"] == ["KRI-9"]
    text = run(str(folder))
    assert "KRI-9 is held by nobody." in text
    assert "5 statements: 4 with a rule, 0 kept for a person alone, 0 only shown, 1 held by nobody." in text


def test_a_statement_kept_for_a_person_alone_is_counted_so(folder: Path) -> None:
    spoil(folder, "guidance", lambda guidance: guidance["statements"].append(_statement("KRI-9")))
    spoil(folder, "rules", lambda rules: rules["for_a_person"][0]["cites"].append("KRI-9"))
    assert "5 statements: 4 with a rule, 1 kept for a person alone, 0 only shown, 0" in run(str(folder))


def test_a_rule_without_a_statement_is_named(folder: Path) -> None:
    found = report(folder, "rules", lambda rules: rules["rules"][2].pop("cites"))
    assert found["without_statement"] == ["mental-health-tasks-open"]
    assert "mental-health-tasks-open rests on no statement." in run(str(folder))


def test_a_state_that_no_case_tells_is_named(folder: Path) -> None:
    found = report(folder, "vignettes", _never_told_as_unknown("medical-tasks-open"))
    assert found["untried"] == {"medical-tasks-open": ["cannot-be-ruled-out"]}
    assert "medical-tasks-open has no case in which it is: cannot be ruled out." in run(str(folder))


def test_a_case_that_comes_out_otherwise_than_it_tells_tries_nothing(folder: Path) -> None:
    def turned(vignettes: Any) -> None:
        for case in vignettes["vignettes"]:
            if "medical-tasks-open" in case.get("raises", []):
                case["raises"].remove("medical-tasks-open")
                case.setdefault("not_raised", []).append("medical-tasks-open")

    found = report(folder, "vignettes", turned)
    assert found["untried"] == {"medical-tasks-open": ["met"]}


def test_the_cases_that_come_nearest_to_a_rule_stand_first() -> None:
    rules = {one["id"]: one for one in json.loads(run(PAGE_OF["carolinas-center"], format="json"))["rules"]}
    not_met = rules["blood-pressure-untreated-or-uncontrolled"]["cases"]["not-met"]
    assert not_met[:2] == ["well-controlled", "nothing-on-the-list"]


def test_an_exception_that_no_case_claims_is_named(tmp_path: Path) -> None:
    for path in (ROOT / EXAMPLES / "carolinas-center").glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())

    def unclaimed(vignettes: Any) -> None:
        for case in vignettes["vignettes"]:
            case.get("claims", {}).pop("liver-disease", None)

    found = report(tmp_path, "vignettes", unclaimed)
    assert found["never_claimed"] == {"liver-disease": ["clearance-given"]}
    assert "liver-disease has no case that claims its exception clearance-given." in run(str(tmp_path))


def test_the_cases_that_claim_an_exception_are_listed() -> None:
    rules = {one["id"]: one for one in json.loads(run(PAGE_OF["carolinas-center"], format="json"))["rules"]}
    assert rules["liver-disease"]["claims"] == {"clearance-given": ["hepatitis-years-ago", "two-conditions-one-letter"]}
    assert rules["pregnancy"]["claims"] == {}


def test_documents_that_cannot_be_run_end_with_2_and_the_place(folder: Path) -> None:
    spoil(folder, "rules", lambda rules: rules["rules"][0]["when"].update(group="professional"))
    found = refusal(str(folder))
    assert "rules at /rules/0/when/group" in found
    assert "professionals" in found


def test_answers_that_do_not_fit_end_with_2(folder: Path) -> None:
    spoil(folder, "vignettes", lambda found: found["bases"]["steady"]["answers"].update(tasks={"value": True}))
    assert "vignettes at /vignettes/0/answers/tasks" in refusal(str(folder))


def test_a_folder_that_is_not_there_ends_with_2() -> None:
    assert "There is no protocol" in refusal("nowhere")


@pytest.mark.parametrize("name", PAGE_OF)
def test_the_page_of_each_protocol_is_what_the_command_writes(name: str) -> None:
    assert (PAGES / f"{name}.md").read_text(encoding="utf-8") == run(PAGE_OF[name], format="markdown")


def _statement(statement_id: str) -> dict[str, Any]:
    return {"id": statement_id, "topic": "care", "sources": ["kriya"], "kind": "context", "text": "Something else."}


def _never_told_as_unknown(rule: str) -> Any:
    def change(vignettes: Any) -> None:
        for case in vignettes["vignettes"]:
            case["cannot_rule_out"] = [name for name in case.get("cannot_rule_out", []) if name != rule]

    return change
