// Pages of the open lane. Whatever page is shown, it says how many tickets are elsewhere.
import { cardsOf } from "./cards.js";
import { words } from "./words.js";

const HOME_AFTER_MS = 30000; // back to the oldest when nobody has touched the screen for so long

export class Pager {
  constructor(root) {
    this.nav = root.querySelector(".pager");
    if (!this.nav) return;
    this.word = this.nav.querySelector("[data-page-word]");
    this.back = this.nav.querySelector('[data-page="back"]');
    this.next = this.nav.querySelector('[data-page="next"]');
    this.back.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("scroll", () => this.update(), { capture: true, passive: true });
    document.addEventListener("pointerdown", () => this.touch(), { passive: true });
  }

  get lane() {
    return document.querySelector("#board > .rail");
  }

  key(event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "p") this.turn(event.shiftKey ? -1 : 1);
  }

  // The page in view, and how many cards are on pages before and after it.
  elsewhere() {
    const lane = this.lane;
    const page = Math.round(Math.abs(lane.scrollLeft) / (lane.stride || 1));
    const pages = cardsOf(lane).map((card) => Number(card.dataset.page) || 0);
    return {
      page,
      before: pages.filter((other) => other < page).length,
      after: pages.filter((other) => other > page).length + (Number(lane.parentElement.dataset.more) || 0),
    };
  }

  turn(direction) {
    if (!this.lane) return;
    this.touch();
    const { page } = this.elsewhere();
    const target = page + direction;
    this.show(target >= this.lane.pages ? 0 : Math.max(0, target));
  }

  show(page) {
    const rtl = getComputedStyle(this.lane).direction === "rtl";
    this.lane.scrollTo({ left: page * this.lane.stride * (rtl ? -1 : 1) });
    this.update();
  }

  home() {
    if (this.lane) this.show(0);
  }

  touch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.home(), HOME_AFTER_MS);
  }

  update() {
    if (!this.nav || !this.lane) return;
    const { before, after } = this.elsewhere();
    this.nav.hidden = !before && !after;
    this.back.disabled = !before;
    this.next.disabled = !after;
    this.back.querySelector("b").textContent = before ? words.earlier(before) : "";
    this.next.querySelector("b").textContent = after ? words.more(after) : "";
    this.word.textContent = before || after ? words.pageWord(before, after) : "";
  }
}
