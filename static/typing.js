// While a section is asked: what is typed is said to be unsaved at once, is saved after a pause, and whoever leaves is
// held until it is. What was typed when a tab is closed is sent as it closes; what cannot be sent is kept on the device
// (copies.js). Without JavaScript it is saved when a button is pressed.
(function () {
  "use strict";

  const PAUSE = 1500; // milliseconds without a keystroke
  const AGAIN = 5000; // milliseconds until a save that got no answer is tried again
  const form = document.getElementById("section-form");
  const items = form.querySelector(".items");
  const state = document.getElementById("saved");
  const words = form.dataset; // what is said here, in the language of the page
  const refused = words.unsaved === "refused"; // both answers are shown: a button chooses, and nothing saves by itself
  let typed = form.dataset.unsaved ? 1 : 0; // counts what was typed, and how much of that is sent and is saved
  let sent = 0;
  let saved = 0;
  let saving = false;
  let paused = false; // whether the save that runs was begun by a pause, so that somebody may be in mid-word
  let stuck = refused; // whether the last save did not get through
  let going = false;
  let timer = null;
  let goOn = null; // what somebody asked for meanwhile: it is done when all is saved

  const unsaved = () => typed > saved;

  function say(text) {
    if (state.textContent !== text) state.textContent = text;
  }

  function tell() {
    if (unsaved() && !stuck) say(words.notSaved);
  }

  function saveIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  function save() {
    clearTimeout(timer);
    if (refused) return;
    paused = true;
    window.htmx.trigger(items, "typed");
  }

  function noteTyping(event) {
    if (!event.target.name) return;
    typed += 1;
    stuck = refused;
    tell();
    saveIn(PAUSE);
    form.dispatchEvent(new Event("asking:typed"));
  }

  function noteChange() {
    paused = false;
  }

  function begin(event) {
    if (event.target !== items || event.defaultPrevented) return;
    clearTimeout(timer);
    saving = true;
    sent = typed;
  }

  function end(event) {
    if (event.target !== items) return;
    const xhr = event.detail.xhr;
    saving = false;
    if (xhr.getResponseHeader("HX-Redirect")) going = true; // to sign in again; what was typed is kept
    else if (xhr.status === 200 || xhr.status === 422) settle();
    else if (xhr.status < 400 || xhr.status >= 500) fail(xhr.status);
    else stop();
  }

  function settle() {
    saved = sent;
    stuck = false;
    tell();
    if (unsaved()) return goOn ? save() : saveIn(PAUSE);
    form.dispatchEvent(new Event("asking:saved"));
    form.dispatchEvent(new Event("asking:settled"));
    if (goOn) goOn();
    goOn = null;
  }

  function fail(status) {
    stop();
    say(`${status ? words.cannot : words.noAnswer} ${form.dataset.kept ? words.onDevice : words.stays}`);
    saveIn(AGAIN);
  }

  function stop() {
    stuck = true;
    goOn = null;
    form.dispatchEvent(new Event("asking:settled"));
  }

  // The words of whoever is in the middle of one are not called wrong yet.
  function waitWithMistakes(event) {
    const field = document.activeElement;
    const ofField = field && field.name && event.detail.target.id === `state-${field.name}`;
    if (paused && ofField && event.detail.fragment.querySelector(".mistake")) event.preventDefault();
  }

  function hold(event, then) {
    if (event.defaultPrevented || going || stuck || !unsaved()) return;
    event.preventDefault();
    event.stopPropagation();
    goOn = then;
    if (!saving) save();
  }

  function followLink(event) {
    const link = event.target.closest("a[href]");
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || link.target || link.getAttribute("href").startsWith("#")) return;
    hold(event, () => { window.location.href = link.href; });
  }

  function sendOther(event) {
    const other = event.target;
    const button = event.submitter;
    if (other !== form) hold(event, () => other.requestSubmit(button));
  }

  function letGo(event) {
    if (event.target === form && !event.defaultPrevented) going = true;
  }

  function ask(event) {
    if (unsaved() && !going && !form.dataset.kept) event.preventDefault();
  }

  // The page is going away, and does not see the answer. Sent twice, it is saved once.
  function sendLast() {
    if (!unsaved() || going || refused) return;
    const headers = { "HX-Request": "true", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body, headers, keepalive: true }).catch(() => {});
  }

  if (refused) items.addEventListener("htmx:configRequest", (event) => event.preventDefault());
  form.addEventListener("input", noteTyping);
  form.addEventListener("change", noteChange, true);
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  document.addEventListener("htmx:oobBeforeSwap", waitWithMistakes);
  document.addEventListener("click", followLink);
  document.addEventListener("submit", sendOther, true);
  document.addEventListener("submit", letGo);
  document.addEventListener("visibilitychange", () => { if (document.hidden && unsaved() && !stuck && !saving) save(); });
  window.addEventListener("online", () => { if (unsaved() && !saving) save(); });
  window.addEventListener("beforeunload", ask);
  window.addEventListener("pagehide", sendLast);
  window.addEventListener("pageshow", () => { going = false; });
})();
