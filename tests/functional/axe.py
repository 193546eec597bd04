"""What axe finds on a page that is open in a browser."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page

_passed: set[str] = set()
"""The looks of words whose contrast axe found good, on whichever page of this process."""


def axe_findings(page: Page) -> list[tuple[str, str, str]]:
    """Return what axe finds on SQLite, as page, rule and place, with everything unfolded that the page folds away.

    Contrast takes most of axe's time and depends on nothing but how words look: their colour, size and weight, and what
    they stand on. It is asked of up to three places for each look, as the page stands, until axe found the look good.
    On PostgreSQL the pages are the same, so axe is not asked again, and nothing is found.
    """
    if connection.vendor != "sqlite":
        return []
    page.evaluate(Axe().axe_script)  # once: its run() brings it anew each time
    looked: dict[str, Any] = page.evaluate(_LOOK, {"passed": sorted(_passed), "rules": LOOKS})
    _passed.update(looked["passed"])
    page.evaluate(_UNFOLD)
    found = looked["found"] + page.evaluate(_ALL_BUT, LOOKS)
    page.evaluate(_FOLD)
    return [(page.url, rule["id"], str(node["target"])) for rule in found for node in rule["nodes"]]


LOOKS = ["color-contrast", "link-in-text-block"]
_LOOK = """async ({ passed, rules }) => {
  const known = new Set(passed);
  const ownWords = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const lookOf = (element) => {
    const style = getComputedStyle(element);
    const parts = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textDecorationLine];
    const label = element.closest("label");
    const disabled = label && label.control && label.control.disabled;
    const off = disabled || element.closest(":disabled, [aria-disabled=true]");
    const around = element.parentElement;
    parts.push(element.matches("input, textarea, select, a, button") ? element.tagName : "", off ? "off" : "");
    if (element.matches("a")) parts.push(getComputedStyle(around).color, ownWords(around));
    for (let one = element; one; one = one.parentElement) {
      const on = getComputedStyle(one);
      const plain = on.backgroundColor === "rgba(0, 0, 0, 0)" && on.backgroundImage === "none" && on.opacity === "1"
        && on.position === "static" && on.clipPath === "none" && on.filter === "none" && on.mixBlendMode === "normal";
      if (!plain) parts.push([on.backgroundColor, on.backgroundImage, on.opacity, on.position, on.clipPath, on.clip,
        on.filter, on.mixBlendMode].join(" "));
    }
    return parts.join("|");
  };
  const looks = new Map();
  for (const element of document.querySelectorAll("body *")) {
    if (!ownWords(element) && !element.matches("input, textarea, select, a") || !element.checkVisibility()) continue;
    const look = lookOf(element);
    if (!known.has(look)) looks.set(look, [...(looks.get(look) || []), element]);
  }
  if (!looks.size) return { found: [], passed: [] };
  const some = (all) => [all[0], all[all.length >> 1], all[all.length - 1]];
  for (const all of looks.values()) some(all).forEach((element) => { element.dataset.look = ""; });
  const asked = { runOnly: rules, resultTypes: ["violations", "passes"], elementRef: true };
  const { violations, passes } = await axe.run({ include: [["[data-look]"]] }, asked);
  document.querySelectorAll("[data-look]").forEach((element) => { delete element.dataset.look; });
  const of = (rules) => new Set(rules.flatMap((rule) => rule.nodes.map((node) => node.element)));
  const [good, bad] = [of(passes), of(violations)];
  const isGood = ([, all]) => some(all).some((one) => good.has(one)) && !some(all).some((one) => bad.has(one));
  return {
    found: violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target }) => ({ target })) })),
    passed: [...looks].filter(isGood).map(([look]) => look),
  };
}"""
_ALL_BUT = """(left) => axe.run({
  resultTypes: ["violations"], rules: Object.fromEntries(left.map((rule) => [rule, { enabled: false }])),
}).then((found) => found.violations)"""
_UNFOLD = """() => document.querySelectorAll("details:not([open])").forEach(
  (details) => { details.dataset.folded = ""; details.open = true; })"""
_FOLD = """() => document.querySelectorAll("details[data-folded]").forEach(
  (details) => { delete details.dataset.folded; details.open = false; })"""
