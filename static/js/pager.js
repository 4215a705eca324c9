// Pages of the open lane. Whatever page is shown, it says how many tickets are elsewhere.
import { cardsOf } from "./board.js";
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
    addEventListener("resize", () => this.update());
  }

  get lane() {
    return document.querySelector("#board > .rail");
  }

  key(event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "p") this.turn(event.shiftKey ? -1 : 1);
  }

  // How many cards begin before and after what can be seen.
  elsewhere() {
    const lane = this.lane;
    const view = lane.getBoundingClientRect();
    const rtl = getComputedStyle(lane).direction === "rtl";
    let left = 0;
    let right = 0;
    for (const card of cardsOf(lane)) {
      const box = card.getBoundingClientRect();
      const middle = box.left + Math.min(box.width, view.width) / 2;
      if (middle < view.left) left += 1;
      else if (middle > view.right) right += 1;
    }
    const [before, after] = rtl ? [right, left] : [left, right];
    return { before, after: after + (Number(lane.parentElement.dataset.more) || 0), rtl };
  }

  turn(direction) {
    const lane = this.lane;
    if (!lane) return;
    this.touch();
    const { before, after, rtl } = this.elsewhere();
    if (direction > 0 && !after) return this.home();
    if (direction < 0 && !before) return;
    const gap = parseFloat(getComputedStyle(lane).columnGap) || 0;
    const page = lane.clientWidth + gap - this.padding(lane);
    lane.scrollBy({ left: direction * page * (rtl ? -1 : 1), behavior: "auto" });
    this.update();
  }

  padding(lane) {
    const style = getComputedStyle(lane);
    return parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  }

  home() {
    if (this.lane) this.lane.scrollTo({ left: 0 });
    this.update();
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
