"""What rule authors and approvers open: protocols, versions, drafts."""

from django.urls import URLPattern, URLResolver, path

from screening.views import protocols, questionnaires, rule_sets, rules

urlpatterns: list[URLPattern | URLResolver] = [
    path("rules/", protocols.overview, name="rules"),
    path("rules/adopt/", protocols.adopt, name="adopt"),
    path("rules/protocols/<uuid:protocol_id>/draft/", protocols.take_draft, name="take-draft"),
    path("rules/versions/<uuid:version_id>/", rule_sets.version, name="rule-version"),
    path("rules/versions/<uuid:version_id>/notes/", rule_sets.notes, name="rule-version-notes"),
    path("rules/versions/<uuid:version_id>/submit/", rule_sets.submit, name="rule-version-submit"),
    path("rules/versions/<uuid:version_id>/send-back/", rule_sets.send_back, name="rule-version-send-back"),
    path("rules/versions/<uuid:version_id>/publish/", rule_sets.publish, name="rule-version-publish"),
    path("rules/versions/<uuid:version_id>/withdraw/", rule_sets.withdraw, name="rule-version-withdraw"),
    path("rules/versions/<uuid:version_id>/vignettes/", rule_sets.vignettes, name="vignettes"),
    path("rules/versions/<uuid:version_id>/vignettes/<slug:vignette_id>/", rule_sets.retell, name="retell"),
    path("rules/versions/<uuid:version_id>/replay/", rule_sets.replay, name="replay"),
    path("rules/versions/<uuid:version_id>/rules/<slug:rule_id>/", rules.rule, name="rule"),
    path("rules/versions/<uuid:version_id>/rules/<slug:rule_id>/edit/", rules.edit, name="edit-rule"),
    path("questionnaires/", questionnaires.overview, name="questionnaires"),
    path("questionnaires/<uuid:version_id>/", questionnaires.version, name="questionnaire-version"),
    path("questionnaires/<uuid:version_id>/fhir/", questionnaires.export, name="questionnaire-fhir"),
]
