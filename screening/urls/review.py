"""What a clinician opens: the queue, and one case under review."""

from django.urls import URLPattern, URLResolver, path

from screening.views import determinations, queue, reading_first, reviews

urlpatterns: list[URLPattern | URLResolver] = [
    path("queue/", queue.queue, name="queue"),
    path("screenings/<uuid:screening_id>/claim/", queue.claim, name="claim"),
    path("screenings/<uuid:screening_id>/release/", queue.release, name="release"),
    path("screenings/<uuid:screening_id>/review/", reviews.review, name="review"),
    path("screenings/<uuid:screening_id>/read-first/", reading_first.read_first, name="read-first"),
    path("screenings/<uuid:screening_id>/return/", reviews.send_back, name="send-back"),
    path("screenings/<uuid:screening_id>/sign/", determinations.sign, name="sign"),
    path("screenings/<uuid:screening_id>/determination/", determinations.determination, name="determination"),
]
