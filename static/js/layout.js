// Lays cards out in columns and pages: the oldest along the top, each next one where most room is.
import { cardsOf } from "./cards.js";
import { words } from "./words.js";

// Where each card goes. A page is begun when a card fits nowhere on the present one, and none is
// ever put back on an earlier page, so pages stay in the order of age.
export function pack(cards, { columns, height, gap }) {
  let page = 0;
  let bottoms = new Array(columns).fill(0);
  const bottomOf = (column, span) => Math.max(...bottoms.slice(column, column + span));
  return cards.map((card) => {
    const span = Math.min(card.span, columns);
    let column = best(columns, span, bottomOf);
    if (bottomOf(column, span) > 0 && bottomOf(column, span) + card.height > height) {
      page += 1;
      bottoms = new Array(columns).fill(0);
      column = 0;
    }
    const top = bottomOf(column, span);
    bottoms.fill(top + card.height + gap, column, column + span);
    return { page, column, top };
  });
}

function best(columns, span, bottomOf) {
  let found = 0;
  for (let column = 1; column + span <= columns; column += 1) {
    if (bottomOf(column, span) < bottomOf(found, span)) found = column;
  }
  return found;
}

// The room on a page: inside the rail's padding, in as many columns as its tokens ask for.
function roomOf(rail) {
  const style = getComputedStyle(rail);
  const px = (name) => parseFloat(style[name]) || 0;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const gap = px("columnGap");
  const width = rail.clientWidth - px("paddingLeft") - px("paddingRight");
  const height = rail.clientHeight - px("paddingTop") - px("paddingBottom");
  const least = parseFloat(style.getPropertyValue("--column")) * rem;
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const column = (width - gap * (columns - 1)) / columns;
  // A page is as wide as the rail, so that nothing of the next one peeps in.
  const stride = rail.clientWidth;
  return { gap, width, height, columns, column, stride, start: px("paddingLeft"), top: px("paddingTop") };
}

function widen(card, span, room) {
  card.classList.toggle("is-wide", span > 1);
  card.style.setProperty("--span", span);
  card.style.width = `${span * room.column + (span - 1) * room.gap}px`;
}

// A card higher than the page is given two columns, or more; what is higher still scrolls
// sideways, so that its lines stay in the order of reading, and says how many are out of sight.
function fit(card, height, room) {
  let span = 1;
  while (height > room.height && span < room.columns) {
    span += 1;
    widen(card, span, room);
    height = card.offsetHeight;
  }
  const tall = height > room.height;
  card.classList.toggle("is-tall", tall);
  card.style.height = tall ? `${room.height}px` : "";
  return { card, span, height: Math.min(height, room.height) };
}

function place(card, { page, column, top }, room) {
  const x = room.start + page * room.stride + column * (room.column + room.gap);
  card.style.insetInlineStart = `${x}px`;
  card.style.top = `${room.top + top}px`;
  card.dataset.page = page;
}

export function arrange(rail) {
  if (!rail || !rail.clientHeight) return;
  rail.classList.add("is-packed");
  const room = roomOf(rail);
  const cards = cardsOf(rail);
  for (const card of cards) {
    card.style.height = "";
    card.classList.remove("is-tall");
    widen(card, 1, room);
  }
  // All are measured before one is moved: one layout for the lot, but for the few too high.
  const heights = cards.map((card) => card.offsetHeight);
  const sized = cards.map((card, i) => fit(card, heights[i], room));
  const places = pack(sized, room);
  sized.forEach(({ card }, i) => place(card, places[i], room));
  sized.forEach(({ card, height }) => (card.laidHeight = height));
  sized.forEach(({ card }) => tellHidden(card));
  rail.stride = room.stride;
  rail.pages = places.length ? places[places.length - 1].page + 1 : 1;
  rail.style.setProperty("--end", `${rail.pages * rail.stride - 1}px`);
}

function tellHidden(card) {
  const list = card.querySelector(":scope > .items, :scope > .shares");
  if (!list || !card.classList.contains("is-tall")) return delete card.dataset.hidden;
  const view = list.getBoundingClientRect();
  const outside = [...list.querySelectorAll("li")].filter((line) => {
    const box = line.getBoundingClientRect();
    return box.left >= view.right - 1 || box.right <= view.left + 1;
  });
  const said = outside.length ? words.hiddenLines(outside.length) : "";
  if (card.dataset.hidden !== said) card.dataset.hidden = said;
}

// Lays out again when a card grows, the screen turns, or the text changes its size.
export function keepArranged(railOf, arranged) {
  const again = () => {
    arrange(railOf());
    arranged();
  };
  const watch = new ResizeObserver((entries) => {
    const grown = ({ target }) => target.laidHeight === undefined || Math.abs(target.offsetHeight - target.laidHeight) > 1;
    if (entries.some(grown)) again();
  });
  const scrolled = ({ target }) => target.parentElement?.classList.contains("is-tall") && tellHidden(target.parentElement);
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  document.fonts.ready.then(again);
  return () => {
    const rail = railOf();
    if (!rail) return;
    watch.observe(rail);
    cardsOf(rail).forEach((card) => watch.observe(card));
  };
}
