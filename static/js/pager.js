// Pages of the open lane. Whatever page is shown, it says how many tickets are elsewhere.
import { cardsOf } from "./cards.js";
import { words } from "./words.js";

const HOME_AFTER_MS = 30000; // back to the oldest when nobody has touched the screen for so long
const STILL_MS = 150; // where the browser does not tell, a scroll without news for so long is over
const ENDS = "onscrollend" in window;

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
    document.addEventListener("scroll", (event) => this.scrolled(event), { capture: true, passive: true });
    document.addEventListener("scrollend", (event) => this.settle(event.target), { capture: true, passive: true });
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

  scrolled({ target }) {
    this.update();
    if (ENDS) return;
    clearTimeout(this.still);
    this.still = setTimeout(() => this.settle(target), STILL_MS);
  }

  // A finger may leave the lane between two pages.
  settle(target) {
    const { lane } = this;
    if (!lane || target !== lane) return;
    const { page } = this.elsewhere();
    const astray = Math.abs(Math.abs(lane.scrollLeft) - page * (lane.stride || 0)) > 1;
    const atEnd = Math.abs(lane.scrollLeft) + lane.clientWidth >= lane.scrollWidth - 1;
    if (astray && !atEnd) this.show(page, "smooth");
  }

  show(page, behavior = "auto") {
    const rtl = getComputedStyle(this.lane).direction === "rtl";
    this.lane.scrollTo({ left: page * this.lane.stride * (rtl ? -1 : 1), behavior });
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
