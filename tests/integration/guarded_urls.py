"""Pages that exist for the tests of the guard alone."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from core.accounts.models import Role
from core.errors import Conflict, NotForThisUser, Refused
from core.web import PracticeRequest, page, public, take_stash

_NOTES = Template("""
{% extends "base.html" %}{% block title %}Notes{% endblock %}
{% block main %}<h1>Notes</h1><form method="post" class="sheet">{% csrf_token %}
{% include "components/keep_typing.html" %}
<label class="form-label" for="note">Note</label>
<textarea class="form-control mb-3" id="note" name="note">{{ typed.note }}</textarea>
<button class="btn btn-primary">Save</button></form>{% endblock %}
""")
PAGES = {"refused": Refused("The case is locked. Ask for an amendment."), "conflict": Conflict("Somebody was first.")}


@page(Role.THERAPIST)
def therapists(request: PracticeRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.practice.name} {request.actor.role}")


@page(Role.CLINICIAN, Role.THERAPIST)
def clinicians_first(request: PracticeRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.role} {','.join(sorted(request.roles))}")


@page(Role.THERAPIST)
def says_no(request: PracticeRequest, why: str) -> HttpResponse:
    raise PAGES.get(why) or NotForThisUser("Not yours.")


@page(Role.THERAPIST, keeps_typing=True)
def notes(request: PracticeRequest) -> HttpResponse:
    if request.method == "POST":
        if request.POST.get("note") == "refuse me":
            raise PAGES["refused"]
        return HttpResponse(f"saved {request.POST['note']}")
    typed = take_stash(request)
    return HttpResponse(f"restored {typed.getlist('note')}" if typed is not None else "empty")


@page(Role.THERAPIST, keeps_typing=True)
def notes_form(request: PracticeRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse(f"<main>Saved: {request.POST['note']}</main>")
    return HttpResponse(_NOTES.render(RequestContext(request, {"typed": take_stash(request)})))


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everything")


@public
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("an answer of a client")


urlpatterns = [
    path("", include("core.config.urls")),
    path("therapists/", therapists, name="therapists"),
    path("both/", clinicians_first),
    path("no/<str:why>/", says_no),
    path("notes/", notes),
    path("notes/form/", notes_form),
    path("forgotten/", forgotten),
    path("breaks/", breaks),
]
handler500 = "core.config.faults.broken"
handler404 = "core.config.faults.not_found"
handler403 = "core.config.faults.forbidden"
