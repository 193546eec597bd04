"""One rule of a version as it reads, and, in a draft, the form that changes it, which saves only when asked to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from core.accounts.models import Role
from core.errors import Conflict, NotForThisUser, Refused
from core.forms import Problem
from core.web import PracticeRequest, page, take_stash
from screening.engine.comparison import with_rule
from screening.engine.documents import Finding
from screening.engine.evaluation import FIRST_TOPIC
from screening.engine.rules import Rule
from screening.engine.walking import nodes
from screening.forms.line_words import said_of_rest
from screening.forms.rule_focus import focus_after
from screening.forms.rules import RuleEditor, reshape, typed_from
from screening.models import RuleSetVersion
from screening.models.versions import VersionStatus
from screening.selectors.documents import library_of, questionnaire_of, rule_set_of, vignettes_of
from screening.selectors.kept_parts import kept_parts_of
from screening.selectors.origins import origin_of
from screening.selectors.policies import policy_of
from screening.selectors.rule_pages import findings_shown, rule_view
from screening.selectors.rule_sets import check_of, check_with, unreadable, version_for
from screening.selectors.rules_apart import parts_apart
from screening.selectors.vignettes import is_lost_claim, lost_claims_in, untold_views, vignettes_shown
from screening.services import rule_sets
from screening.views.protocols import READERS

CHECKING = ("preview", "save")


@page(*READERS)
@require_GET
def rule(request: PracticeRequest, version_id: UUID, rule_id: str) -> HttpResponse:
    """Show one rule as it reads, with its guidance."""
    version, shown = _rule(request, version_id, rule_id)
    may_edit = Role.RULE_AUTHOR in request.roles and version.status == VersionStatus.DRAFT
    rules, check = rule_set_of(version), check_of(version)
    found = findings_shown(check.findings, rules, check.stops, vignettes_of(version))
    context = {
        "version": version,
        "shown": rule_view(version, rules, shown),
        "may_edit": may_edit,
        "findings": [finding for finding in found if finding.rule_id == rule_id],
        "policy": policy_of(request.actor.practice) if shown.topic == FIRST_TOPIC else None,
    }
    return render(request, "screening/rules/rule.html", context)


@page(Role.RULE_AUTHOR, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def edit(request: PracticeRequest, version_id: UUID, rule_id: str) -> HttpResponse:
    """Show the form of one rule of a draft; check what is typed, or save it."""
    version, shown = _rule(request, version_id, rule_id)
    if request.method == "GET":
        typed = take_stash(request)
        editor = _editor(version, shown, typed or typed_from(shown), checked=False)
        return _page(request, version, shown, editor, unsent=typed is not None)
    do = request.POST.get("do", "preview")
    if do not in CHECKING:
        reshaped = _editor(version, shown, reshape(request.POST, do), checked=False)
        focus_after(reshaped, do, request.POST)
        return _page(request, version, shown, reshaped)
    editor = _editor(version, shown, request.POST, checked=True)
    if not editor.is_valid() or not _readable(version, editor):
        return _page(request, version, shown, editor, status=422)
    if do == "save":
        return _save(request, version, shown, editor)
    return _page(request, version, shown, editor, preview=_preview(version, editor))


def _save(request: PracticeRequest, version: RuleSetVersion, shown: Rule, editor: RuleEditor) -> HttpResponse:
    try:
        saved = rule_sets.change_rule(
            version=version,
            rule_id=shown.id,
            rule=_made(editor),
            expected_revision=_revision(request.POST),
            by=request.actor,
            at=timezone.now(),
        )
    except NotForThisUser:
        raise
    except Refused as refusal:
        return _refused(request, version, shown, editor, refusal)
    if saved.revision == version.revision:
        messages.success(request, gettext("Nothing was changed in the rule, so nothing was saved."))
    else:
        messages.success(request, gettext("The rule is saved in the draft."))
    return redirect("rule", version.pk, shown.id)


def _refused(
    request: PracticeRequest, version: RuleSetVersion, shown: Rule, editor: RuleEditor, refusal: Refused
) -> HttpResponse:
    """Keep everything typed, and show what the rule is now, with each part of it that is not what was typed."""
    now = version_for(request.actor, version.pk)
    current = rule_set_of(now).rule_by_id.get(shown.id, shown)
    beside: dict[str, Any] = {}
    if isinstance(refusal, Conflict):
        beside["theirs"] = rule_view(now, rule_set_of(now), current)
        beside["apart"] = parts_apart(now, current, _made(editor))
    return _page(request, now, current, editor, status=409, refusal=refusal, **beside)


def _page(
    request: PracticeRequest,
    version: RuleSetVersion,
    shown: Rule,
    editor: RuleEditor,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    if version.status != VersionStatus.DRAFT and request.method == "GET":
        return redirect("rule", version.pk, shown.id)
    # What somebody typed belongs to the revision they read, unless they are being shown what it is now.
    read = version.revision if status == 409 else editor.revision or version.revision
    context = {
        "version": version,
        "shown": rule_view(version, rule_set_of(version), shown),
        "kept": kept_parts_of(version, shown),
        "editor": editor,
        "form": editor,
        "revision": read,
        "unsent": request.method == "POST",
        **more,
    }
    return render(request, "screening/rules/edit.html", context, status=status)


def _preview(version: RuleSetVersion, editor: RuleEditor) -> dict[str, Any]:
    rule = _made(editor)
    rules = with_rule(rule_set_of(version), rule)
    check = check_with(version, rules)
    lost = lost_claims_in(version, rules)
    others = [] if check.results else [found for found in check.stops if not is_lost_claim(found, lost)]
    vignettes = vignettes_of(version)
    return {
        "shown": rule_view(version, rules, rule),
        "check": check,
        "mine": [
            finding
            for finding in findings_shown(check.findings, rules, check.stops, vignettes)
            if finding.rule_id == rule.id
        ],
        "others": [
            finding for finding in findings_shown(others, rules, others, vignettes) if finding.rule_id != rule.id
        ],
        "lost_here": [claim for claim in lost if claim.rule_id == rule.id],
        "lost_elsewhere": [claim for claim in lost if claim.rule_id != rule.id],
        "changed": vignettes_shown(version, rules, check.results, changed=True),
        "untold": untold_views(version, rules, check.changed),
    }


def _editor(version: RuleSetVersion, shown: Rule, data: QueryDict, *, checked: bool) -> RuleEditor:
    origin = origin_of(version).version
    return RuleEditor(
        shown,
        data,
        rules=rule_set_of(version),
        library=library_of(version),
        questionnaire=questionnaire_of(version.questionnaire_version),
        before=rule_set_of(origin).rule_by_id.get(shown.id) if origin else None,
        checked=checked,
    )


def _readable(version: RuleSetVersion, editor: RuleEditor) -> bool:
    """Say whether everything that the rule names exists; write what does not beside its line."""
    rule, rules = _made(editor), rule_set_of(version)
    index = [found.id for found in rules.rules].index(rule.id)
    found = unreadable(version, with_rule(rules, rule))
    places = {"when": (editor.when, rule.when)}
    for place, (part, unless) in enumerate(zip(editor.unless, rule.unless, strict=True)):
        places[f"unless/{place}/when"] = (part.lines, unless.when)
    for name, (lines, condition) in places.items():
        pointers = [pointer for pointer, _ in nodes(condition, f"/rules/{index}/{name}")]
        for finding in (f for f in found if _at(f, pointers)):
            lines.mark_finding(finding, _line(pointers, finding))
        found = [f for f in found if not _at(f, pointers)]
    editor.other_problems = [Problem("", said_of_rest(finding, rules), "") for finding in found]
    return not editor.problems


def _at(finding: Finding, pointers: list[str]) -> bool:
    return finding.document == "rules" and any(finding.pointer.startswith(pointer) for pointer in pointers)


def _line(pointers: list[str], finding: Finding) -> int:
    """Return the line, counted from 1, of the innermost node in which a finding lies."""
    lying_in = [pointer for pointer in pointers if f"{finding.pointer}/".startswith(f"{pointer}/")]
    return pointers.index(max(lying_in, key=len)) + 1 if lying_in else 1


def _made(editor: RuleEditor) -> Rule:
    if editor.rule is None:
        raise LookupError("only a valid form makes a rule")
    return editor.rule


def _rule(request: PracticeRequest, version_id: UUID, rule_id: str) -> tuple[RuleSetVersion, Rule]:
    version = version_for(request.actor, version_id)
    found = rule_set_of(version).rule_by_id.get(rule_id)
    if found is None:
        raise NotForThisUser("There is no such rule in this version.")
    return version, found


def _revision(typed: QueryDict) -> int:
    given = typed.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
