// What cannot be read of an answer is told at its question, and marked there. Where the page came with a list of it, what
// is put right meanwhile leaves that list; what is typed wrong meanwhile does not get onto it, and nothing moves.
(function () {
  "use strict";

  const { items } = window.questions;
  const list = document.getElementById("error-summary");
  const words = document.getElementById("kept-as-typed"); // what becomes of an answer that cannot be read

  const stateOf = (question) => question && question.querySelector(":scope > .state");
  const isWrong = (question) => Boolean(stateOf(question).querySelector(".mistake"));

  function mark(question) {
    const wrong = isWrong(question);
    question.classList.toggle("has-error", wrong);
    question.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    if (wrong) question.querySelectorAll(".form-control[name$='-value']").forEach((field) => field.setAttribute("aria-invalid", "true"));
  }

  function isRight(link) {
    const place = document.getElementById(link.hash.slice(1));
    const question = place && place.closest(".question");
    return !place || Boolean(stateOf(question) && !isWrong(question));
  }

  function shorten() {
    if (!list || !list.isConnected) return;
    list.querySelectorAll("li a[href^='#']").forEach((link) => { if (isRight(link)) link.closest("li").remove(); });
    if (list.querySelector("li")) return;
    list.remove();
    if (words) words.remove();
  }

  function settle() {
    Array.from(items.querySelectorAll(".question")).filter(stateOf).forEach(mark);
    shorten();
  }

  document.addEventListener("htmx:afterRequest", settle); // once for each answer, after all that it brings is on the page
})();
