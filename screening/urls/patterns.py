"""What a developer opens: every component of the pages, in every state. Production has no such address."""

from django.urls import URLPattern, URLResolver, path

from screening.views import patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("patterns/", patterns.patterns, name="patterns"),
    path("patterns/sent-back/", patterns.sent_back, name="pattern-sent-back"),
    path("patterns/refusals/<slug:name>/", patterns.refusal, name="pattern-refusal"),
]
