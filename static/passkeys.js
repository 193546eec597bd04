// Asks the browser for a passkey, or to make one, and sends the form with its answer. Everything that a passkey does can
// also be done by a password and a code, which need none of this.
(function () {
  "use strict";

  const GAVE_UP = "NotAllowedError"; // nobody chose a passkey, or there is none, or it took too long
  const THERE_ALREADY = "InvalidStateError";

  const placeOf = (button) => button.closest("form").querySelector("[data-passkey-said]");

  // The words stand at the place where they are said, in the language of its page.
  function reason(words, fault) {
    if (fault.name === THERE_ALREADY) return words.thereAlready;
    if (fault.name === GAVE_UP) return words.gaveUp;
    return words.failed;
  }

  function send(button, credential) {
    const form = button.closest("form");
    form.querySelector("[name=passkey]").value = JSON.stringify(credential);
    form.requestSubmit(form.querySelector("button:not([type=button])"));
  }

  async function ask(button) {
    const answer = await fetch(button.dataset.passkey, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no question");
    return window.webauthnJSON.get(await answer.json());
  }

  const make = (button) => window.webauthnJSON.create(JSON.parse(button.dataset.passkeyNew));

  async function press(button, getCredential) {
    const place = placeOf(button);
    place.textContent = "";
    button.disabled = true;
    try {
      send(button, await getCredential(button));
    } catch (fault) {
      place.textContent = reason(place.dataset, fault);
    }
    button.disabled = false;
  }

  function begin(event) {
    const button = event.target.closest("[data-passkey], [data-passkey-new]");
    if (button) press(button, button.dataset.passkey ? ask : make);
  }

  if (!window.passkeysAreAsked) document.addEventListener("click", begin); // once, however many forms name this file
  window.passkeysAreAsked = true;
  if (!window.PublicKeyCredential) {
    document.querySelectorAll("[data-passkey], [data-passkey-new]").forEach((button) => { button.parentElement.hidden = true; });
  }
})();
