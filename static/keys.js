// While a section is asked: keys that answer a question and lead to the next. Each stands in a <kbd> beside what it
// presses. They act only while the focus is on a question, never while somebody types, and can be switched off.
(function () {
  "use strict";

  const PATIENCE = 15000; // milliseconds that a press waits for what an answer opens up
  const { items, at, after, before, first, goTo } = window.questions;
  const form = document.getElementById("section-form");
  const list = document.getElementById("keys");
  const used = document.getElementById("keys-used");
  const told = document.getElementById("picked");
  let waiting = null; // the presses that came while it is not known yet which question is next
  let byKeys = false; // whether the last thing done here was done with a key
  let cameFrom = null; // where the focus was before the list was opened

  const isTyping = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");

  function press(event) {
    if (event.defaultPrevented || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && list.contains(document.activeElement)) return closeList();
    if (!used.checked || (event.ctrlKey && event.key !== "Enter")) return;
    if (waiting && (event.key.length === 1 || event.key === "Enter")) waiting.push(event.key);
    else if (waiting || !act(event.key, event.ctrlKey)) return;
    event.preventDefault();
    byKeys = true;
  }

  // Say whether the key did anything.
  function act(pressed, held) {
    const here = document.activeElement;
    const key = pressed.length === 1 ? pressed.toLowerCase() : pressed;
    if (key === "Enter") return enter(here, held);
    if (isTyping(here)) return false;
    if (key === "?") return openList(here);
    if (key === "n" && (here === document.body || here.id === "main")) return go(first());
    if (!form.contains(here)) return false;
    if (key === "n") return go(after(here));
    if (key === "b") return go(before(here));
    const stop = at(here);
    return stop !== null && (unfold(stop, key) || pick(stop, key));
  }

  function go(stop) {
    goTo(stop);
    return true;
  }

  // Enter goes on: to the next question, and from the last one to the next section, as it does without this.
  function enter(here, held) {
    const following = at(here) && after(here);
    if (!at(here) || here.matches("button, summary, a") || (here.matches("textarea") && !held)) return false;
    return (following || here.matches("textarea")) && go(following);
  }

  function unfold(stop, key) {
    const fold = key === "w" ? stop.querySelector("details.ask-why") : key === "m" ? stop.querySelector("details.ask-note") : null;
    if (!fold) return false;
    fold.open = key === "m" || !fold.open;
    fold.querySelector(key === "m" ? "textarea" : "summary").focus();
    return true;
  }

  function pick(stop, key) {
    const row = stop.matches(".question") && stop.closest(".row-card"); // says once, for all its answers, how it is known
    const marks = [...stop.querySelectorAll("kbd"), ...(row ? row.querySelectorAll(":scope > .known kbd") : [])];
    const mark = marks.find((one) => one.textContent.toLowerCase() === key);
    if (!mark) return false;
    const target = mark.closest("label, button");
    const control = target.querySelector("input");
    if (!control) target.click();
    else choose(stop, control, target);
    return true;
  }

  // One answer goes on to the next question. Where there can be several, and for how it is known, the focus stays.
  function choose(stop, control, label) {
    const changes = control.type === "checkbox" || !control.checked;
    if (changes) control.click();
    told.textContent = `${label.querySelector("span").textContent}${control.checked ? "" : `, ${form.dataset.takenAway}`}`;
    if (control.name.endsWith("-source")) return;
    const alone = control.name.endsWith("-complete") || "alone" in label.dataset;
    if (control.type === "checkbox" && !(alone && control.checked)) return control.focus();
    if (changes && "opens" in stop.dataset && form.dataset.unsaved !== "refused") whenSaved(() => goTo(after(stop)));
    else goTo(after(stop));
  }

  // What an answer opens up is known when it is saved. What is pressed meanwhile is meant for the question after it, and
  // for no other: where the save fails, the focus goes on and the presses are forgotten; where nothing comes, it stays.
  function whenSaved(then) {
    waiting = [];
    const timer = setTimeout(() => release(false, false), PATIENCE);
    const saved = () => release(true, true);
    const failed = () => release(true, false);
    function release(goesOn, repeats) {
      clearTimeout(timer);
      form.removeEventListener("asking:saved", saved);
      form.removeEventListener("asking:settled", failed);
      const pressed = repeats ? waiting : [];
      waiting = null;
      if (goesOn) then();
      while (pressed.length && !waiting) repeat(pressed.shift());
      if (waiting) waiting.push(...pressed);
    }
    form.addEventListener("asking:saved", saved);
    form.addEventListener("asking:settled", failed);
  }

  function repeat(key) {
    const here = document.activeElement;
    if (act(key, false)) return;
    if (key === "Enter") return here.matches("button") ? here.click() : form.requestSubmit();
    if (!isTyping(here)) return;
    here.setRangeText(key, here.selectionStart, here.selectionEnd, "end");
    here.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  function openList(here) {
    cameFrom = here;
    list.open = true;
    list.querySelector("summary").focus();
    return true;
  }

  function closeList() {
    list.open = false;
    if (cameFrom) cameFrom.focus();
  }

  function show() {
    document.documentElement.toggleAttribute("data-keys", used.checked);
    items.querySelectorAll("kbd").forEach((mark) => {
      const control = mark.closest("label, button");
      const shortcut = control.querySelector("input") || control;
      if (used.checked) shortcut.setAttribute("aria-keyshortcuts", mark.textContent);
      else shortcut.removeAttribute("aria-keyshortcuts");
    });
  }

  function turn() {
    window.localStorage.setItem("keys", used.checked ? "on" : "off");
    show();
  }

  // Whoever goes on by a key goes on with the first open question of the next section.
  function leave() {
    if (byKeys) window.sessionStorage.setItem("by-keys", "yes");
  }

  function arrive() {
    const came = window.sessionStorage.getItem("by-keys");
    window.sessionStorage.removeItem("by-keys");
    if (came && used.checked && !window.location.hash && !document.querySelector("[data-focus]")) goTo(first());
  }

  used.checked = window.localStorage.getItem("keys") !== "off";
  used.addEventListener("change", turn);
  document.addEventListener("keydown", press);
  document.addEventListener("pointerdown", () => { byKeys = false; });
  document.addEventListener("htmx:afterRequest", show); // once for each answer, after all that it brings is on the page
  document.addEventListener("submit", leave);
  show();
  arrive();
})();
