"""What a therapist opens: worklist, clients, screenings."""

from django.urls import URLPattern, URLResolver, path

from screening.views import client, clients, home, openings, results, screenings, sections, worklist

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("clients/", clients.clients, name="clients"),
    path("clients/add/", clients.client_add, name="client-add"),
    path("clients/<uuid:client_id>/", client.client, name="client"),
    path("clients/<uuid:client_id>/edit/", clients.client_edit, name="client-edit"),
    path("clients/<uuid:client_id>/start/", client.screening_start, name="screening-start"),
    path("screenings/<uuid:screening_id>/", screenings.screening, name="screening"),
    path("screenings/<uuid:screening_id>/sections/<slug:section_id>/", sections.section, name="section"),
    path("screenings/<uuid:screening_id>/answers/", screenings.answers, name="screening-answers"),
    path("screenings/<uuid:screening_id>/submit/", screenings.submit, name="screening-submit"),
    path("screenings/<uuid:screening_id>/amend/", screenings.amend, name="screening-amend"),
    path("screenings/<uuid:screening_id>/drop-amendment/", screenings.drop_amendment, name="screening-drop-amendment"),
    path("screenings/<uuid:screening_id>/so-far/", results.so_far, name="screening-so-far"),
    path("screenings/<uuid:screening_id>/result/", results.result, name="screening-result"),
    path("screenings/<uuid:screening_id>/print/", results.print_for_chart, name="screening-print"),
    path("screenings/<uuid:screening_id>/summary/", results.summary, name="screening-summary"),
    path("screenings/<uuid:screening_id>/pdf/", results.as_pdf, name="screening-pdf"),
    path("screenings/<uuid:screening_id>/openings/", openings.own_case, name="screening-openings"),
    path("screenings/<uuid:screening_id>/openings/print/", openings.print_own_case, name="screening-openings-print"),
]
