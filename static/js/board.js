// Puts frames into the page: one card, or the whole board. The page holds nothing else of them.
import { cardsOf, inOrder } from "./cards.js";
import { glide } from "./motion.js";

const keepOpen = {
  // What a person opened stays open, whatever the server's text says.
  beforeAttributeUpdated: (name) => name !== "open",
};

function morph(old, fresh) {
  return window.Idiomorph.morph(old, fresh, { morphStyle: "outerHTML", callbacks: keepOpen });
}

function parse(html) {
  const shell = document.createElement("template");
  shell.innerHTML = html.trim();
  return shell.content.firstElementChild;
}

function put(card, lane) {
  const rest = cardsOf(lane).filter((other) => other !== card);
  const before = rest.find((other) => inOrder(card, other) < 0) || null;
  const stands = card.parentElement === lane && nextCard(card) === before;
  if (!stands) keepFocus(card, () => lane.insertBefore(card, before));
}

function nextCard(card) {
  let next = card.nextElementSibling;
  while (next && !next.classList.contains("card")) next = next.nextElementSibling;
  return next;
}

function keepFocus(card, move) {
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  move();
  if (focused) focused.focus({ preventScroll: true });
}

export class Board {
  constructor({ id = "board", changed = () => {}, ask = () => {}, arrange = () => {} } = {}) {
    Object.assign(this, { id, changed, ask, arrange });
  }

  get root() {
    return document.getElementById(this.id);
  }

  lane(name) {
    return this.root.querySelector(`[data-lane="${CSS.escape(name)}"]:not(.card)`);
  }

  reload() {
    location.reload();
  }

  apply(frame) {
    const foreign = !this.isOurs(frame);
    this.root.dataset.rev = frame.rev;
    glide(this.root, () => this.settle(this.change(frame)), { foreign });
  }

  change(frame) {
    if (frame.type === "alarms_update") return this.alarms(frame.html);
    const old = document.getElementById(frame.id);
    const fresh = frame.action === "removed" || !frame.html ? null : parse(frame.html);
    const lane = fresh && this.lane(fresh.dataset.lane);
    if (!lane) return this.drop(old);
    if (old) morph(old, fresh);
    const card = old ? document.getElementById(fresh.id) : fresh;
    put(card, lane);
    this.trim(lane);
  }

  drop(card) {
    if (card) card.remove();
    // One that the server holds back may now come forward.
    if (card && Number(this.root.dataset.more)) this.ask();
  }

  alarms(html) {
    const box = document.getElementById("alarms");
    const shell = document.createElement("div");
    shell.innerHTML = html || "";
    if (box) window.Idiomorph.morph(box, shell.children, { morphStyle: "innerHTML" });
  }

  replace(html) {
    const fresh = parse(html);
    if (!fresh || fresh.id !== this.id) return;
    glide(this.root, () => this.settle(this.swap(fresh)), { foreign: true });
  }

  swap(fresh) {
    morph(this.root, fresh);
    for (const lane of this.lanes()) {
      const cards = cardsOf(lane);
      const sorted = [...cards].sort(inOrder);
      if (sorted.some((card, i) => card !== cards[i])) sorted.forEach((card) => lane.append(card));
    }
  }

  lanes() {
    return this.root.querySelectorAll("[data-lane]:not(.card)");
  }

  trim(lane) {
    const most = Number(lane.dataset.max) || Infinity;
    cardsOf(lane)
      .slice(most)
      .forEach((card) => card.remove());
  }

  // Set by the taps: a card that this screen itself changed a moment ago.
  isOurs() {
    return false;
  }

  settle() {
    for (const lane of this.lanes()) {
      const count = cardsOf(lane).length;
      lane.classList.toggle("is-empty", count === 0);
      lane.classList.toggle("is-many", count > 8);
      lane.classList.toggle("is-crowd", count > 20);
      const shown = document.querySelector(`[data-count="${lane.dataset.lane}"]`);
      const more = lane.dataset.lane === "open" ? Number(this.root.dataset.more) || 0 : 0;
      if (shown) shown.textContent = count + more;
    }
    this.changed();
    this.arrange();
  }
}
