// Keys for the queue, where there is JavaScript: j and k, or the arrows, move between cases while the focus is on one.
// They do nothing while it is elsewhere, so that no single key surprises whoever types, dictates or reads on.
(function () {
  "use strict";

  const list = document.querySelector("[data-keys]");
  const help = document.querySelector("[data-keys-help]");
  const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

  function cases() {
    return Array.from(list.querySelectorAll(".case-line > a"));
  }

  function move(event) {
    const step = STEPS[event.key];
    const row = event.target.closest(".worklist > li");
    if (!step || !row || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const all = cases();
    const next = all[all.indexOf(row.querySelector(".case-line > a")) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  if (!list || !cases().length) return;
  help.hidden = false;
  list.addEventListener("keydown", move);
})();
