"""The addresses of signing in and of choosing a practice."""

from django.urls import path

from core.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("practice/choose/", views.choose_practice, name="choose-practice"),
]
