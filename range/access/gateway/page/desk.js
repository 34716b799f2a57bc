// Beside the terminal: says when the line is lost, connects again, and what it means when it ends.
"use strict";
const OVER = 1000; // the desk was closed by its user
const FULL = 4001;
const REFUSED = 1008;
const FIRST_TRY = 500; // ms; doubled with each
const LAST_TRY = 8000;

const show = (id, shown) => { document.getElementById(id).hidden = !shown; };

function ended(why) {
  const said = document.getElementById("said");
  said.textContent = said.dataset[why];
  show("lost", false);
  show("over", true);
  document.getElementById("again").focus();
}

async function reconnect(wait) {
  show("lost", true);
  try {
    const answer = await fetch("/alive", { cache: "no-store" });
    if (answer.ok) { location.reload(); return; }
    if (answer.status === 403) { location.replace("/"); return; }
  } catch { /* nobody there yet */ }
  setTimeout(() => reconnect(Math.min(2 * wait, LAST_TRY)), wait);
}

// Who sits here, for the time after a lost line; each tab has its own.
const member = {
  get: () => sessionStorage.getItem("member") || "",
  set: (name) => sessionStorage.setItem("member", name),
  forget: () => sessionStorage.removeItem("member"),
};

function heard(event) {
  if (typeof event.data !== "string") { return; }
  const [kind, value] = JSON.parse(event.data);
  if (kind === "member") { member.set(value); }
}

function closed(event) {
  if (event.code === OVER) { member.forget(); ended("over"); }
  else if (event.code === FULL) { ended("full"); }
  else if (event.code === REFUSED) { ended("refused"); }
  else { reconnect(FIRST_TRY); }
}

window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(`${address}&member=${encodeURIComponent(member.get())}`);
    this.addEventListener("message", heard);
    this.addEventListener("close", closed);
  }
};

window.addEventListener("DOMContentLoaded", () => {
  document.getElementById("again").addEventListener("click", () => location.reload());
});
// Keys that a browser would take for itself, as long as it lets a page have them.
window.addEventListener("keydown", (event) => {
  if (event.key === "F1" || event.key === "F3" || (event.ctrlKey && "pqs".includes(event.key))) {
    event.preventDefault();
  }
}, true);
// The terminal is made by a later listener of the same event.
window.addEventListener("load", () => setTimeout(() => {
  document.querySelector(".xterm-helper-textarea")?.focus();
}));
