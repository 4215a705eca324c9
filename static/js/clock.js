// The server's time on this tablet, and every timer on the board.
import { words } from "./words.js";

export class Clock {
  constructor() {
    this.offset = 0;
    this.exact = false;
  }

  // A coarse time (an HTTP Date, whole seconds) never displaces one from the socket.
  set(text, { coarse = false } = {}) {
    const server = Date.parse(text);
    if (Number.isNaN(server) || (coarse && this.exact)) return;
    const offset = server - Date.now();
    // A late frame only ever makes the server look slower; a small step back is such a delay.
    const behind = this.offset - offset;
    if (!this.exact || behind < 0 || behind > 250) this.offset = offset;
    else this.offset -= behind / 8;
    this.exact = this.exact || !coarse;
  }

  now() {
    return Date.now() + this.offset;
  }
}

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  if (minutes < 100) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}`;
}

export function dueness(seconds, warn, late) {
  if (late && seconds >= late) return "late";
  if (warn && seconds >= warn) return "warn";
  return "ok";
}

export function hms(ms) {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

const WORD = { ok: "", warn: words.due, late: words.late };

function show(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function tickTimers(root, now) {
  for (const timer of root.querySelectorAll("[data-timer]")) {
    const host = timer.closest("[data-clock]");
    if (!host) continue;
    const age = now - Date.parse(host.dataset.clock);
    show(timer, duration(age));
    if (!host.dataset.late) continue;
    const due = dueness(age / 1000, Number(host.dataset.warn), Number(host.dataset.late));
    if (host.dataset.due !== due) host.dataset.due = due;
    show(timer.parentElement.querySelector("[data-due-word]"), WORD[due]);
  }
}
