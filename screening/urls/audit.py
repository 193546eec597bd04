"""What an auditor opens: cases, timelines, the ledger, a case as evidence. Nothing here changes a case."""

from django.urls import URLPattern, URLResolver, path

from screening.views import agreement, audit, evidence

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", audit.cases, name="audit-cases"),
    path("audit/agreement/", agreement.agreement, name="agreement"),
    path("audit/ledger/", audit.ledger, name="audit-ledger"),
    path("audit/ledger/checkpoints/", audit.checkpoints, name="audit-checkpoints"),
    path("audit/cases/<uuid:screening_id>/", audit.case, name="audit-case"),
    path("audit/cases/<uuid:screening_id>/again/", audit.again, name="audit-again"),
    path("audit/cases/<uuid:screening_id>/export/", evidence.export, name="audit-export"),
]
