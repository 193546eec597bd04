// Says a few minutes before a session ends that it will, and keeps it where that can be done. Without this the foot of
// each page says until when somebody is signed in.
(function () {
  "use strict";

  const OFTEN = 5000; // milliseconds between looks at the clock
  const UNCERTAIN = 60; // seconds: the server notes once a minute that a session is used
  const bar = document.getElementById("session-end");
  const words = bar.querySelector("[role=status]");
  const form = bar.querySelector("form");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  const now = () => Date.now() / 1000; // a clock that goes on while the computer sleeps
  const longest = now() + Number(bar.dataset.longest);
  const lasts = Number(bar.dataset.idle);
  const warn = Number(bar.dataset.warn);
  let idle = now() + lasts;

  function minutes(seconds) {
    const count = Math.max(1, Math.round(seconds / 60));
    return count === 1 ? "a minute" : `${count} minutes`;
  }

  function say(text, canStay) {
    if (words.textContent === text) return;
    bar.toggleAttribute("data-shown", text !== "");
    form.hidden = !canStay;
    words.textContent = text; // its place was there, empty: only so is it sure to be read out
  }

  function look() {
    const left = Math.min(idle, longest) - now();
    if (left <= 0) say("You are signed out. Sign in again to go on.", false);
    else if (left > warn) say("", false);
    else if (longest < idle) say(`You will be signed out in ${minutes(left)}: a session lasts twelve hours at most. Save, and sign in again.`, false);
    else say(`You will be signed out in ${minutes(left)}, because nothing was opened or saved for a while.`, true);
  }

  function used(tell) {
    idle = now() + lasts - UNCERTAIN;
    if (tell && tabs) tabs.postMessage("used");
    look();
  }

  async function stay(event) {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (!answer || answer.status !== 204) return say("You are signed out, or the server does not answer. Sign in again to go on.", false);
    idle = now() + lasts;
    if (tabs) tabs.postMessage("used");
    look();
    document.getElementById("main").focus();
  }

  form.addEventListener("submit", stay);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.xhr.status && event.detail.xhr.status < 400) used(true); });
  document.addEventListener("visibilitychange", look);
  if (tabs) tabs.addEventListener("message", () => used(false));
  if (tabs) tabs.postMessage("used");
  setInterval(look, OFTEN);
  look();
})();
