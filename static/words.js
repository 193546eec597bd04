// Keeps on this device (device.js) what was typed for the flags of a case and is not saved yet. When whoever typed it opens
// the case again, it stands in its fields as it was typed, for them to save; it is erased once it is saved.
(function () {
  "use strict";

  const bar = document.getElementById("progress");
  const said = document.getElementById("said");
  const device = window.deviceCopies(bar.dataset.copyName, bar.dataset.copyKey, bar);
  let typed = new Map(); // each answer in which something was typed or chosen: the fields of it, by their names
  let later = null; // of these, which were typed in while a save is under way
  let sent = null; // and which that save was sent with
  let from = null; // what had the focus when that save was sent
  let moved = false; // whether something else had it as the answer came
  let focused = null; // where somebody was to type as its answer came: the field's name, and the caret in it

  const answering = () => document.getElementById("answering");
  const keep = () => device.keep(Array.from(typed)).catch(() => {});
  const ofAnswer = (prefix) => Array.from(answering().querySelectorAll(`[name^="${window.CSS.escape(prefix)}-"]`));
  const prefixOf = (field) => field.name.replace(/-(answer|reason|words|stood)$/, "");

  // An answer is kept as a whole, with the one that stood when it was typed: what it replaces was seen.
  function note(event) {
    const field = event.target;
    if (!field.name || !answering() || !answering().contains(field)) return;
    const prefix = prefixOf(field);
    const all = ofAnswer(prefix).filter((one) => prefixOf(one) === prefix);
    if (!later && all.every(isAsItCame)) return forgetAnswer(prefix);
    typed.set(prefix, all.filter((one) => one.type !== "radio" || one.checked).map((one) => [one.name, one.value]));
    if (later) later.add(prefix);
    return keep();
  }

  function isAsItCame(field) {
    if (field.type === "radio") return field.checked === field.defaultChecked;
    if (field.matches("select")) return Array.from(field.options).every((one) => one.selected === one.defaultSelected);
    return field.value === field.defaultValue;
  }

  // What is taken back is nothing that could be lost.
  function forgetAnswer(prefix) {
    typed.delete(prefix);
    if (typed.size) return keep();
    device.drop();
    if (said.textContent === said.dataset.back) said.textContent = "";
    return document.dispatchEvent(new Event("review:taken-back"));
  }

  function begins(event) {
    if (event.target.id !== "answering" || event.defaultPrevented) return;
    later = new Set();
    sent = new Set(typed.keys());
    from = document.activeElement;
  }

  function noteFocus(event) {
    const field = document.activeElement;
    if (event.target.id !== "answering") return;
    focused = field.matches("textarea") && [field.name, field.selectionStart, field.selectionEnd];
    moved = field !== from;
  }

  // A save takes all that was given or none: where it was refused, the page says why and holds what was sent. What was
  // typed since is put back into the fields that came with the answer, in the same moment (settle:0 on the form): what
  // is typed next is typed behind it.
  function settle(event) {
    if (event.target.id !== "answering") return;
    const refused = document.querySelector("#problems [data-focus]") !== null;
    const since = Array.from(typed).filter(([prefix]) => later && later.has(prefix));
    if (!refused) typed = new Map(since);
    later = null;
    since.forEach(([prefix, fields]) => putIn(fields, !refused && !sent.has(prefix)));
    if (typed.size) keep();
    else device.drop();
    if (since.length) document.dispatchEvent(new Event("review:given-back"));
    if (focused && (since.length || moved)) returnTo(...focused);
  }

  function returnTo(name, start, end) {
    const field = answering().querySelector(`textarea[name="${window.CSS.escape(name)}"]`);
    if (!field) return;
    field.focus();
    field.setSelectionRange(start, end);
  }

  // Where the flag is not raised any more there is no field, and what was meant for it is given to no other. With the
  // answer that stood when it was typed, a save shows first what was given to the flag since.
  function putIn(fields, stood) {
    const places = fields.map(([name, value]) => [placeOf(name, value), value]).filter(([place]) => place);
    const seen = places.filter(([place]) => place.type !== "hidden");
    const differs = seen.filter(([place, value]) => (place.type === "radio" ? !place.checked : place.value !== value));
    differs.forEach(([place, value]) => put(place, value));
    if (differs.length && stood) places.filter(([place]) => place.type === "hidden").forEach(([place, value]) => put(place, value));
    return differs.length > 0;
  }

  function placeOf(name, value) {
    const places = Array.from(answering().querySelectorAll(`[name="${window.CSS.escape(name)}"]`));
    return places.find((one) => one.type !== "radio" || one.value === value);
  }

  function put(place, value) {
    if (place.type === "radio") place.checked = true;
    else place.value = value;
    if (place.closest("details")) place.closest("details").open = true;
  }

  // What the page shows anyway is saved, unless it was typed in a session that ended: then it stands there unsaved.
  async function giveBack() {
    const before = device.found();
    const copies = (await Promise.all(before.map(device.read))).filter(Boolean);
    const newest = new Map(copies.flat());
    const differing = Array.from(newest).filter(([, fields]) => putIn(fields, true));
    const handedBack = "handedBack" in bar.dataset;
    (handedBack ? Array.from(newest) : differing).forEach(([prefix, fields]) => typed.set(prefix, fields));
    if (typed.size) await keep();
    before.forEach(device.forget);
    if (!differing.length) return;
    said.textContent = said.dataset.back;
    document.dispatchEvent(new Event("review:given-back"));
  }

  async function begin() {
    if (!answering() || !await device.begin()) return; // not stored here: whoever leaves is asked, as before
    document.addEventListener("input", note);
    document.addEventListener("htmx:beforeRequest", begins);
    document.addEventListener("htmx:beforeSwap", noteFocus);
    document.addEventListener("htmx:afterSettle", settle);
    await giveBack();
  }

  begin().catch(() => {});
})();
