// Says a few minutes before a session ends that it will, and keeps it where that can be done. Without this the foot of
// each page says until when somebody is signed in. The words stand on the bar, in the language of its page.
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
    return count === 1 ? bar.dataset.minute : bar.dataset.minutes.replace("{count}", count);
  }

  function say(text, canStay) {
    if (words.textContent === text) return;
    bar.toggleAttribute("data-shown", text !== "");
    form.hidden = !canStay;
    words.textContent = text; // its place was there, empty: only so is it sure to be read out
  }

  function look() {
    const left = Math.min(idle, longest) - now();
    const when = (words) => words.replace("{minutes}", minutes(left));
    if (left <= 0) say(bar.dataset.ended, false);
    else if (left > warn) say("", false);
    else if (longest < idle) say(when(bar.dataset.lasts), false);
    else say(when(bar.dataset.idles), true);
  }

  function used(tell) {
    idle = now() + lasts - UNCERTAIN;
    if (tell && tabs) tabs.postMessage("used");
    look();
  }

  async function stay(event) {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (!answer || answer.status !== 204) return say(bar.dataset.noAnswer, false);
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
