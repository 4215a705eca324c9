// Taps: shown at once, kept until the server has answered, sent in order, each counted once.
import { uuid } from "./uuid.js";
import { words } from "./words.js";

const STORE = "kds.taps";
const KEEP_MS = 12 * 3600 * 1000;
const ANSWER_MS = 8000;
const UNSHARED_AFTER_MS = 700;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const SLID_MS = 350; // a card that just slid under the finger was not what the finger meant
const OURS_MS = 3000;

const browser = {
  fetch: (url, options) => fetch(url, options),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (id) => clearTimeout(id),
  store: {
    read: () => JSON.parse(localStorage.getItem(STORE) || "[]"),
    write: (taps) => localStorage.setItem(STORE, JSON.stringify(taps)),
  },
};

export class Taps {
  // truth() asks for the board afresh; told(text) shows a toast; counted(n) how many wait;
  // denied() is called when this screen has no access any more.
  constructor({ truth, told, counted = () => {}, denied = () => {}, world = browser }) {
    Object.assign(this, { truth, told, counted, denied, world });
    this.busy = new Set();
    this.versions = new Map();
    this.ours = new Map();
    this.queue = this.load();
  }

  load() {
    let taps;
    try {
      taps = this.world.store.read();
    } catch {
      taps = [];
    }
    const fresh = taps.filter((tap) => Date.now() - tap.at < KEEP_MS);
    if (fresh.length < taps.length) this.told(words.tooOld(taps.length - fresh.length));
    return fresh;
  }

  save() {
    try {
      this.world.store.write(this.queue);
    } catch {
      // A full or forbidden store costs only what a reload would lose.
    }
    this.decorate();
  }

  listen(root) {
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button && root.contains(button)) this.press(button, { byKey: event.detail === 0 });
    });
  }

  // Under a finger a card may slide away; what a key is pressed on stays in focus.
  press(button, { byKey = false } = {}) {
    const card = button.closest(".card");
    if (!byKey && card && performance.now() - (card.movedAt ?? -Infinity) < SLID_MS) return;
    const host = button.closest("[data-status]") || button;
    const tap = {
      key: uuid(),
      at: Date.now(),
      url: button.dataset.url,
      method: button.dataset.method || "POST",
      body: button.dataset.body ? JSON.parse(button.dataset.body) : {},
      subject: this.subjectOf(button),
      card: card ? card.id : host.id,
      host: host.id,
      to: button.dataset.to || "",
      act: button.dataset.act,
      tries: 0,
    };
    const version = this.versionFor(button, host);
    if (version) tap.body.version = version;
    this.show(tap);
    if (tap.subject) this.ours.set(tap.card, performance.now());
    this.queue.push(tap);
    this.save();
    this.world.later(() => this.decorate(), UNSHARED_AFTER_MS + 20);
    this.pump();
  }

  // Only a move of the whole ticket is bound to what the cook saw of it. Ticking two items at
  // once on two screens is no quarrel, nor are an order's moves, which carry no version.
  versionFor(button, host) {
    if (!/\/tickets\/\d+\/\w+\/$/.test(button.dataset.url)) return 0;
    return Number(host.dataset.version) || 0;
  }

  subjectOf(button) {
    const found = /\/(tickets|orders|jobs)\/\d+/.exec(button.dataset.url);
    return found ? found[0] : button.dataset.url;
  }

  isOurs(frame) {
    const at = this.ours.get(frame.id);
    return at !== undefined && performance.now() - at < OURS_MS;
  }

  // What the tap will do, on the page at once; the server's card puts it right either way.
  show(tap) {
    const host = document.getElementById(tap.host);
    if (!host) return;
    if (tap.to && host.dataset.status !== "void") host.dataset.status = tap.to;
    if (tap.act === "acknowledge") host.removeAttribute("data-ack");
    host.classList.add("is-tapped");
  }

  // The server's cards know nothing of taps that wait: mark them again after each change.
  decorate() {
    const now = Date.now();
    const waiting = this.queue.filter((tap) => tap.tries > 0 || now - tap.at >= UNSHARED_AFTER_MS);
    const cards = new Set(waiting.map((tap) => tap.card));
    for (const card of document.querySelectorAll(".is-unshared")) {
      if (!cards.has(card.id)) card.classList.remove("is-unshared");
    }
    for (const id of cards) {
      const card = document.getElementById(id);
      if (card) card.classList.add("is-unshared");
    }
    for (const tap of this.queue) this.show(tap);
    this.counted(waiting.length);
  }

  pump() {
    const seen = new Set();
    for (const tap of this.queue) {
      if (seen.has(tap.subject)) continue;
      seen.add(tap.subject);
      if (!this.busy.has(tap.subject)) this.deliver(tap);
    }
  }

  // Called when the network is known to be back.
  hurry() {
    this.pump();
  }

  async deliver(tap) {
    this.busy.add(tap.subject);
    let answer = null;
    try {
      answer = await this.send(tap);
    } catch {
      answer = null;
    }
    const again = !answer || answer.status >= 500 || answer.status === 429 || answer.status === 408;
    if (again) return this.wait(tap);
    this.busy.delete(tap.subject);
    this.queue = this.queue.filter((other) => other !== tap);
    this.answered(tap, answer);
    this.save();
    this.pump();
  }

  wait(tap) {
    const pause = RETRY_MS[Math.min(tap.tries, RETRY_MS.length - 1)];
    tap.tries += 1;
    this.save();
    this.world.later(() => {
      this.busy.delete(tap.subject);
      this.pump();
    }, pause);
  }

  async send(tap) {
    const stop = new AbortController();
    const timer = this.world.later(() => stop.abort(), ANSWER_MS);
    // Our own earlier tap has moved the ticket since the cook saw it; that is no conflict, and the
    // card may not even show it yet.
    const known = this.versions.get(tap.subject);
    const body = tap.body.version && known
      ? { ...tap.body, version: Math.max(tap.body.version, known.version) }
      : tap.body;
    try {
      const response = await this.world.fetch(tap.url, {
        method: tap.method,
        credentials: "same-origin",
        redirect: "manual",
        signal: stop.signal,
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": tap.key,
          "X-CSRFToken": csrf(),
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status || 403, said: parse(text) };
    } finally {
      this.world.cancel(timer);
    }
  }

  answered(tap, { status, said }) {
    const host = document.getElementById(tap.host);
    if (host) host.classList.remove("is-tapped");
    const ticket = said.ticket || said;
    if (status < 300 || (status === 409 && this.isDone(tap, ticket))) {
      if (Number.isInteger(ticket.version)) {
        this.versions.set(tap.subject, { version: ticket.version, at: Date.now() });
      }
      return this.truth(false);
    }
    this.drop(tap.subject, status);
    if (status === 401 || status === 403) this.denied(status);
    this.told(said.detail || { 404: words.gone, 403: words.notAllowed }[status] || words.refused);
    this.truth(true);
  }

  // Our own earlier tap has brought the ticket there already; what was tapped next still counts.
  isDone(tap, ticket) {
    const known = this.versions.get(tap.subject);
    return Boolean(known && known.at >= tap.at && tap.to && ticket.status === tap.to);
  }

  // What was tapped after a refused tap was meant for a ticket that is not as the cook saw it.
  drop(subject, status) {
    if (status !== 409) return;
    this.queue = this.queue.filter((tap) => tap.subject !== subject);
    this.versions.delete(subject);
  }
}

function csrf() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

function parse(text) {
  try {
    return JSON.parse(text) || {};
  } catch {
    return {};
  }
}
