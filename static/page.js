// What every page does where there is JavaScript: bring the reader to what needs them, and send a form once.
// Nothing here is needed to use the product.
(function () {
  "use strict";

  const SENT_FOR = 4000; // milliseconds; an answer that is a download leaves the page as it is
  const STILL = 8; // pixels that a pointer may tremble while it presses
  const SETTLED = 300; // milliseconds until a reader of the screen has taken in that there is a page
  let press = null; // what the pointer went down on, and where
  const waiting = new Map(); // forms that were sent while a save was under way, with the button that was pressed

  function focusOnWhatMatters(root) {
    const place = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (place) place.focus();
  }

  // A link in the error summary goes to the control itself, so that typing can begin at once.
  function followSummaryLink(event) {
    const link = event.target.closest(".error-summary a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.focus();
    control.scrollIntoView({ block: "center" });
  }

  function sendOnce(event) {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    const pressed = event.submitter ? `${event.submitter.name}=${event.submitter.value}` : "=";
    if (form.dataset.sent === pressed || form.dataset.saving) event.preventDefault(); // another button does another thing
    if (form.dataset.saving) return waiting.set(form, event.submitter);
    form.dataset.sent = pressed;
    setTimeout(() => delete form.dataset.sent, SENT_FOR);
  }

  // A save beside the page brings back the revision that its form is sent with. A form that is sent meanwhile waits
  // for it, or its own answers would seem to have been changed elsewhere; and once it is sent, no save follows.
  function beginSaving(event) {
    const form = savedBy(event);
    if (!form) return;
    if (form.dataset.sent || waiting.has(form)) event.preventDefault();
    else form.dataset.saving = "yes";
  }

  // What is only read saves nothing.
  function savedBy(event) {
    return event.detail.requestConfig.verb === "get" ? null : event.target.closest("form");
  }

  function endSaving(event) {
    const form = savedBy(event);
    if (!form) return;
    delete form.dataset.saving;
    if (!waiting.has(form)) return;
    const button = waiting.get(form);
    waiting.delete(form);
    const leaving = event.detail.xhr.getResponseHeader("HX-Redirect"); // to sign in again; what was typed is kept
    const pressed = stillThere(form, button);
    if (!leaving && pressed !== undefined) form.requestSubmit(pressed);
  }

  // The answer to a save may have drawn the button anew: the one to press is then the one that does the same.
  function stillThere(form, button) {
    if (!button || form.contains(button)) return button;
    return Array.from(form.elements).find((other) => other.type === "submit" && other.name === button.name && other.value === button.value);
  }

  // What a save draws anew can move the page between a press and its release. The press counts for what it began on,
  // unless the pointer was moved away from it, which is how a press is taken back.
  function beginPress(event) {
    const control = event.target.closest("label, button, a, summary, input, select");
    press = control && { control, x: event.clientX, y: event.clientY };
  }

  function endPress(event) {
    const began = press;
    press = null;
    if (!began || !event.isTrusted || began.control.contains(event.target)) return;
    const stayed = Math.hypot(event.clientX - began.x, event.clientY - began.y) < STILL;
    if (stayed && event.target.contains(began.control)) began.control.click();
  }

  // What a page says when it comes is not read out: only what is put into a place that was there, empty, is.
  function readOut() {
    const words = Array.from(document.querySelectorAll("#messages > *"), (message) => message.textContent.trim());
    if (words.length) setTimeout(() => { document.getElementById("heard").textContent = words.join(" "); }, SETTLED);
  }

  // What was typed and not saved (device.js) stays on a device for some hours, and not when somebody signs out of it. A
  // form that is sent names its copy, and the page that comes once it is saved says so.
  function forgetTyped(whichever) {
    const saved = document.body.dataset.savedCopy;
    Object.keys(window.localStorage).filter((name) => name.startsWith("typed:")).forEach((name) => {
      const over = !(JSON.parse(window.localStorage.getItem(name)).until > Date.now());
      if (whichever || over || (saved && name.endsWith(`:${saved}`))) window.localStorage.removeItem(name);
    });
  }

  function printPage(event) {
    if (event.target.closest("[data-print]")) window.print();
  }

  document.addEventListener("pointerdown", beginPress);
  document.addEventListener("click", endPress);
  document.addEventListener("click", followSummaryLink);
  document.addEventListener("click", printPage);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("submit", (event) => { if (event.target.matches("[action$='/sign-out/']") && !event.defaultPrevented) forgetTyped(true); });
  document.addEventListener("htmx:beforeRequest", beginSaving);
  document.addEventListener("htmx:afterRequest", endSaving);
  document.addEventListener("htmx:afterSettle", (event) => focusOnWhatMatters(event.target));
  document.querySelectorAll("[data-needs-script]").forEach((element) => { element.hidden = false; });
  focusOnWhatMatters(document);
  readOut();
  forgetTyped(false);
})();
