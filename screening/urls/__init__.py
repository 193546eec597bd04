"""The addresses of the subject, a module for each kind of reader."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("screening.urls.therapist")),
    path("", include("screening.urls.review")),
    path("", include("screening.urls.audit")),
    path("", include("screening.urls.rules")),
    path("", include("screening.urls.practice")),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("", include("screening.urls.patterns")))
