"""The address book of the whole product."""

from django.urls import URLPattern, URLResolver, include, path

from core.operations import views as operations

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", operations.live, name="health-live"),
    path("health/ready", operations.ready, name="health-ready"),
    path("", include("core.accounts.urls")),
    path("", include("screening.urls")),
]

handler400 = "core.config.faults.bad_request"
handler403 = "core.config.faults.forbidden"
handler404 = "core.config.faults.not_found"
handler500 = "core.config.faults.broken"
