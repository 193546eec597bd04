// What the answers raise so far, folded beside the questions: read when it is opened, and anew with each save while it
// is open. Without this a link leads to a page of its own.
(function () {
  "use strict";

  const fold = document.getElementById("so-far");
  const open = document.getElementById("basis-open"); // sent along with a save, which then brings it
  const basis = document.getElementById("basis");

  function turn() {
    open.name = fold.open ? "basis" : "";
    if (fold.open) window.htmx.trigger(basis, "opened");
  }

  fold.addEventListener("toggle", turn);
})();
