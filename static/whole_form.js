// Keeps on this device (device.js) what was typed in a form that is sent as a whole and is not sent yet. When whoever typed
// it opens the page again, it stands in its fields, for them to send. page.js erases it once it is sent and taken.
(function () {
  "use strict";

  const said = document.getElementById("given-back");
  const form = said.closest("form");
  const device = window.deviceCopies(said.dataset.copyName, said.dataset.copyKey, said);
  const PROOFS = ["one_time_code", "password"]; // what shows who somebody is, is kept nowhere
  const touched = new Set(); // which fields something was typed or chosen in: the others stay as the page has them
  let unsent = "unsent" in said.dataset;
  let signingOut = false;

  const isBox = (field) => field.matches("[type=checkbox], [type=radio]");
  const mark = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
  const isTypedIn = (field) => field.name && field.matches("input, textarea, select") && !field.matches("[type=hidden], [type=file]") && !PROOFS.includes(field.name);
  const fields = () => Array.from(form.elements).filter(isTypedIn);
  const keep = () => device.keep(fields().filter((one) => touched.has(mark(one))).map((one) => [mark(one), isBox(one) ? one.checked : one.value])).catch(() => {});

  function note(event) {
    if (!isTypedIn(event.target)) return;
    const group = fields().filter((one) => one.type === "radio" && one.name === event.target.name);
    [event.target, ...group].forEach((one) => touched.add(mark(one)));
    unsent = true;
    keep();
  }

  // Return whether anything is otherwise now.
  function putIn(found) {
    const places = new Map(fields().map((one) => [mark(one), one]));
    const differing = found.filter(([name, value]) => places.has(name) && (isBox(places.get(name)) ? places.get(name).checked : places.get(name).value) !== value);
    differing.forEach(([name, value]) => {
      const place = places.get(name);
      if (isBox(place)) place.checked = value;
      else place.value = value;
      if (place.closest("details")) place.closest("details").open = true;
    });
    return differing.length > 0;
  }

  function tell() {
    said.textContent = said.dataset.back;
    said.className = "message message-warning";
  }

  function nameCopy() {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "copy", value: device.mark }));
  }

  async function giveBack() {
    const before = device.found();
    const newest = (await Promise.all(before.map(device.read))).filter(Boolean).pop();
    if (!newest) return;
    if (putIn(newest)) tell();
    newest.forEach(([name]) => touched.add(name));
    unsent = true;
    await keep();
    before.forEach(device.forget);
  }

  // A page that says why nothing was done holds what was sent, all of which was meant so. What another tab holds stays there.
  async function goOnWith(sent) {
    fields().forEach((one) => touched.add(mark(one)));
    unsent = true;
    await keep();
    device.found().filter((name) => name.endsWith(`:${sent}`)).forEach(device.forget);
  }

  // Where nothing is kept, and where it is erased because somebody signs out.
  function ask(event) {
    if (unsent && (signingOut || !("kept" in said.dataset))) event.preventDefault();
  }

  function noteSending(event) {
    signingOut = event.target.matches("[action$='/sign-out/']");
    if (event.target === form && !event.defaultPrevented) unsent = false;
  }

  async function begin() {
    form.addEventListener("input", note);
    document.addEventListener("submit", noteSending);
    window.addEventListener("beforeunload", ask);
    if (!await device.begin()) return; // not stored here
    nameCopy();
    if ("sentCopy" in said.dataset) await goOnWith(said.dataset.sentCopy);
    else await giveBack();
  }

  begin().catch(() => {});
})();
