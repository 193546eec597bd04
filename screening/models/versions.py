"""What versions of questionnaires and rule sets share: how they live, and how their content is kept."""

from django.db import models
from django.utils.translation import gettext_lazy


class VersionStatus(models.TextChoices):
    """The life of a version. What is active or retired never changes again but for going from one to the other.

    A draft that is given up is withdrawn: kept as it was, and never taken up again.
    """

    DRAFT = "draft", gettext_lazy("Draft")
    IN_REVIEW = "in-review", gettext_lazy("In review")
    ACTIVE = "active", gettext_lazy("Active")
    RETIRED = "retired", gettext_lazy("Retired")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


PUBLISHED = (VersionStatus.ACTIVE, VersionStatus.RETIRED)
FROZEN_WHEN = "status IN ('active', 'retired', 'withdrawn')"
"""SQL over a version's own columns: from then on only ``status`` and ``retired_at`` may change."""
