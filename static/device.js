// What was typed and is not saved yet, kept on this device for one page of one person: encrypted with a key that only the
// pages of whoever typed it hold, for twelve hours at most. Each tab keeps a copy of its own. page.js erases all of them
// when somebody signs out.
window.deviceCopies = function (name, secret, holder) {
  "use strict";

  const LASTS = 12 * 60 * 60 * 1000; // milliseconds: as long as a session at most
  const prefix = `typed:${name}:`;
  const mark = Math.random().toString(36).slice(2);
  const place = prefix + mark;
  const fromBase64 = (text) => Uint8Array.from(window.atob(text), (sign) => sign.charCodeAt(0));
  const toBase64 = (bytes) => window.btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  let key = null;
  let turn = 0; // grows with each copy that is made or dropped, so that a late one is not written

  const forget = (other) => window.localStorage.removeItem(other);
  const age = (other) => JSON.parse(window.localStorage.getItem(other)).until;
  const found = () => Object.keys(window.localStorage).filter((other) => other.startsWith(prefix)).sort((a, b) => age(a) - age(b)); // the newest last

  // False where this device keeps nothing: a page that is not served over TLS, or no storage.
  async function begin() {
    if (!secret || !window.crypto.subtle) return false;
    key = await window.crypto.subtle.importKey("raw", fromBase64(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
    document.addEventListener("submit", (event) => { if (event.target.matches("[action$='/sign-out/']")) drop(); });
    return true;
  }

  async function keep(fields) {
    const mine = ++turn;
    delete holder.dataset.kept;
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    const sealed = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(fields)));
    if (mine !== turn) return;
    window.localStorage.setItem(place, JSON.stringify({ until: Date.now() + LASTS, iv: toBase64(iv), sealed: toBase64(sealed) }));
    holder.dataset.kept = "yes";
  }

  function drop() {
    turn += 1;
    delete holder.dataset.kept;
    forget(place);
  }

  // What a copy holds, as it was given to keep(); null where it is over, or is somebody else's.
  async function read(other) {
    try {
      const { until, iv, sealed } = JSON.parse(window.localStorage.getItem(other));
      if (until < Date.now()) return null;
      const typed = await window.crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(iv) }, key, fromBase64(sealed));
      return JSON.parse(new TextDecoder().decode(typed));
    } catch {
      return null;
    }
  }

  return { mark, begin, keep, drop, read, forget, found };
};
