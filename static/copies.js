// Keeps on this device (device.js) what was typed in a section and is not saved yet. It is there when whoever typed it
// opens the section again, after a lost connection or a closed tab, and is erased once it is saved.
(function () {
  "use strict";

  const PATIENCE = 15000; // milliseconds that a page waits for what it brings back
  const NOT_TYPED = ["csrfmiddlewaretoken", "basis", "copy"];
  const form = document.getElementById("section-form");
  const device = window.deviceCopies(form.dataset.copyName, form.dataset.copyKey, form);

  const fields = () => Array.from(new FormData(form)).filter(([name]) => !NOT_TYPED.includes(name));
  const answers = (found) => JSON.stringify(found.filter(([name]) => !["revision", "loaded"].includes(name)));

  const refused = form.dataset.unsaved === "refused"; // two answers are shown, and one is chosen by a button

  // A form that is sent names its copy: page.js erases it once it is saved.
  function nameCopy() {
    const field = document.createElement("input");
    const shown = refused && device.found().pop();
    Object.assign(field, { type: "hidden", name: "copy", value: shown ? shown.split(":").pop() : device.mark });
    form.append(field);
  }

  // What was typed is saved as if the page were still open: at the revision at which it was typed.
  async function giveBack(name) {
    const found = await device.read(name);
    if (!found || answers(found) === answers(fields())) return device.forget(name);
    const token = form.elements.csrfmiddlewaretoken.value;
    const body = new URLSearchParams([...found, ["csrfmiddlewaretoken", token], ["given", "back"]]);
    const headers = { "HX-Request": "true", "X-CSRFToken": token };
    form.inert = true; // the page comes anew with it: nobody is to type into this one meanwhile
    document.getElementById("saved").textContent = form.dataset.bringing;
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(form.action, { method: "POST", body, headers, signal }).catch(() => null);
    if (answer && answer.status === 409) return show(found, token);
    if (answer && [200, 422].includes(answer.status) && !answer.headers.get("HX-Redirect")) {
      device.forget(name);
      return window.location.reload();
    }
    form.inert = false;
    document.getElementById("saved").textContent = form.dataset.noAnswer;
    return undefined;
  }

  // Changed elsewhere, or locked meanwhile: the page that says so shows both.
  function show(found, token) {
    const again = document.createElement("form");
    again.method = "post";
    again.action = form.action;
    [...found, ["csrfmiddlewaretoken", token], ["act", "stay"]].forEach(([name, value]) => {
      const input = document.createElement("textarea"); // which keeps the ends of lines
      input.name = name;
      input.value = value;
      again.append(input);
    });
    again.hidden = true;
    document.body.append(again);
    again.submit();
  }

  async function begin() {
    if (!await device.begin() || refused) return; // not stored here: whoever leaves is asked
    form.addEventListener("asking:typed", () => device.keep(fields()).catch(() => {}));
    form.addEventListener("asking:saved", device.drop);
    const before = device.found();
    if (!form.dataset.unsaved) return before.length ? giveBack(before.pop()) : null;
    await device.keep(fields()); // this page shows what was typed
    before.forEach(device.forget);
  }

  nameCopy();
  begin().catch(() => {});
})();
