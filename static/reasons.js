// A reason for no answer, and what is typed or ticked beside it: the one takes the place of the other. What a reason
// replaces is put back when the reason is taken back, as long as the page is open. Without JavaScript the server tells.
(function () {
  "use strict";

  const { items } = window.questions;
  const aside = new Map(); // what a reason took the place of, by the name of the field

  const isBox = (field) => field.type === "checkbox";
  const named = (question, end) => Array.from(question.querySelectorAll(`[name$="-${end}"]`));
  const stands = (fields) => fields.some((one) => (isBox(one) ? one.checked : one.value));

  function replace(fields) {
    if (!stands(fields)) return;
    aside.set(fields[0].name, fields.map((one) => (isBox(one) ? one.checked : one.value)));
    fields.forEach((one) => (isBox(one) ? (one.checked = false) : (one.value = "")));
  }

  function putBack(fields) {
    const before = aside.get(fields[0].name);
    if (!before || before.length !== fields.length || stands(fields)) return;
    fields.forEach((one, place) => (isBox(one) ? (one.checked = before[place]) : (one.value = before[place])));
  }

  function settle(event) {
    const question = event.target.closest(".question:not(.group)");
    const reasons = question ? named(question, "absent") : [];
    if (!reasons.length) return;
    const fields = named(question, "value");
    if (reasons.includes(event.target)) return event.target.value ? replace(fields) : putBack(fields);
    if (fields.includes(event.target) && stands(fields)) reasons[0].checked = true;
  }

  items.addEventListener("input", settle, true); // before it is said to be typed, and sent
})();
