// While a case is reviewed: answers are folded where there is little room, keys choose an answer to the flag that has the
// focus, a save goes on to the next flag, and what could not be saved is said. None of it is needed to review.
(function () {
  "use strict";

  const WIDE = window.matchMedia("(min-width: 62rem)");
  const sections = Array.from(document.querySelectorAll(".answered-section"));
  const said = document.getElementById("said");
  const bar = document.getElementById("progress");
  let typed = false; // whether something was typed that no save has taken yet
  let going = false; // whether the page is being left on purpose
  let led = false; // whether a link or another form leads away: then it matters that something is not saved

  const answering = () => document.getElementById("answering");
  const aimedAt = () => location.hash && document.getElementById(location.hash.slice(1));

  function fold() {
    sections.forEach((section) => { section.open = WIDE.matches; });
    unfold(aimedAt());
  }

  // What is left stays on top of the page: nothing that a link or a save leads to may lie beneath it.
  function makeRoom() {
    document.documentElement.style.scrollPaddingTop = `${Math.ceil(bar.offsetHeight) + 12}px`;
  }

  function unfold(place) {
    const section = place && place.closest(".answered-section");
    if (section) section.open = true;
  }

  function followLink(event) {
    const link = event.target.closest("a[href^='#']");
    if (link) unfold(document.getElementById(link.hash.slice(1)));
  }

  function choose(event) {
    const place = event.target.closest(".flag-and-answer, .answer-form:not(.flag-and-answer *)");
    if (!place || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, select")) return;
    const options = place.querySelectorAll(".answer-form input[type=radio]");
    const option = /^[1-9]$/.test(event.key) && options[Number(event.key) - 1];
    if (!option) return;
    event.preventDefault();
    const fold = option.closest("details");
    if (fold) fold.open = true;
    option.focus();
    option.click();
  }

  function saveByKey(event) {
    const place = event.target.closest(".answer-form");
    if (!place || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    answering().requestSubmit(place.querySelector("button"));
  }

  // To what is wrong; to the next flag that is left, read from its beginning; or to what can be done once none is left.
  function goOn(event) {
    if (event.target.id !== "answering") return;
    makeRoom();
    const problems = document.querySelector("#problems [data-focus]");
    if (problems) return problems.focus();
    typed = false;
    const next = event.target.querySelector("[data-next]") || bar;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }

  function say(event) {
    if (event.target.id !== "answering") return;
    const words = [event.detail.xhr.status ? said.dataset.cannot : said.dataset.noAnswer];
    if ("kept" in bar.dataset) words.push(said.dataset.onDevice);
    said.textContent = words.join(" ");
  }

  function ask(event) {
    if (typed && !going && (led || !("kept" in bar.dataset))) event.preventDefault(); // a closed tab loses nothing: words.js
  }

  function lead() {
    led = true;
    setTimeout(() => { led = false; }, 1000);
  }

  document.addEventListener("click", followLink);
  document.addEventListener("keydown", choose);
  document.addEventListener("keydown", saveByKey);
  document.addEventListener("input", (event) => { if (event.target.closest("#answering")) typed = true; });
  document.addEventListener("review:given-back", () => { typed = true; });
  document.addEventListener("review:taken-back", () => { typed = false; });
  document.addEventListener("submit", (event) => { if (event.target.id !== "answering") lead(); });
  document.addEventListener("click", (event) => { if (event.target.closest("a[href]:not([href^='#'])")) lead(); });
  document.addEventListener("htmx:afterSettle", goOn);
  document.addEventListener("htmx:sendError", say);
  document.addEventListener("htmx:responseError", say);
  document.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.getResponseHeader("HX-Redirect")) going = true; });
  window.addEventListener("beforeunload", ask);
  window.addEventListener("hashchange", () => unfold(aimedAt()));
  WIDE.addEventListener("change", fold);
  new ResizeObserver(makeRoom).observe(bar);
  fold();
})();
