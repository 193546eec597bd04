// The questions of the section that is asked, one after the other, and how the focus gets to one. It is never lost: not
// to an answer that takes the question away on which it stands, and not on the way from a link to a question.
window.questions = (function () {
  "use strict";

  const STOP = ".question:not(.group), .group-actions"; // where the keyboard stops: a question, or the end of some rows
  const VALUE = "[name$='-value'], [name$='-complete']";
  const items = document.querySelector("#section-form .items");
  const button = document.querySelector("#section-form .asking-buttons .btn-primary");
  let lost = null; // what takes the place of the control that is being swapped away, by name and by place

  const all = () => Array.from(items.querySelectorAll(STOP));
  const follows = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

  function at(element) {
    const stop = element && element.closest(STOP);
    return stop && items.contains(stop) ? stop : null;
  }

  function after(element) {
    return all().find((stop) => follows(element, stop)) || null;
  }

  function before(element) {
    const here = at(element) || element;
    return all().filter((stop) => follows(stop, here) && !stop.contains(here)).pop() || null;
  }

  function isOpen(stop) {
    const controls = Array.from(stop.querySelectorAll(".choice input, .form-control[name$='-value']"));
    return !controls.some((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked && one.value : one.value));
  }

  function first() {
    return all().find(isOpen) || all()[0] || null;
  }

  function controlOf(stop) {
    const controls = Array.from(stop.querySelectorAll(VALUE));
    return controls.find((control) => control.checked) || controls[0] || stop.querySelector("button");
  }

  // Behind the last question comes the button that goes on.
  function goTo(stop) {
    const control = stop ? controlOf(stop) : button;
    if (!control) return;
    control.focus({ preventScroll: true });
    (stop || control).scrollIntoView({ block: "nearest" });
  }

  function noteFocus(event) {
    const here = document.activeElement;
    if (!event.detail.target.contains(here) || here === document.body) return;
    const fold = event.detail.target.closest("details");
    const summary = fold && fold.querySelector("summary");
    lost = { name: here.name, value: here.value, number: all().indexOf(at(here)), summary };
  }

  function keepFocus() {
    if (!lost || document.activeElement !== document.body) return;
    const { name, value, number, summary } = lost;
    const same = name ? Array.from(items.querySelectorAll(`[name="${window.CSS.escape(name)}"]`)) : [];
    const control = same.find((one) => one.value === value) || same[0];
    lost = null;
    if (control || summary) (control || summary).focus({ preventScroll: true });
    else goTo(all()[number] || null);
  }

  // A link leads to a question; the keyboard goes to its control. The browser itself goes to the place, and may come later.
  function land() {
    const place = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (!place || !items.contains(place) || document.querySelector("[data-focus]")) return;
    if (![document.body, place].includes(document.activeElement)) return;
    const stop = at(place) || place.querySelector(STOP);
    if (stop) controlOf(stop).focus({ preventScroll: true });
    else if (place.hasAttribute("tabindex")) place.focus();
  }

  document.addEventListener("htmx:oobBeforeSwap", noteFocus);
  document.addEventListener("htmx:oobAfterSwap", keepFocus);
  window.addEventListener("hashchange", land);
  window.addEventListener("load", () => setTimeout(land));
  land();
  return { items, all, at, after, before, first, goTo };
})();
