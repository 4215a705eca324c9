import { arrange, pack } from "/static/js/layout.js";
import { dice, ok, same, test } from "./kit.js";

const page = { columns: 3, height: 100, gap: 10 };
const heights = (list) => list.map((height) => ({ height, span: 1 }));

test("the oldest stand along the top", () => {
  const places = pack(heights([50, 40, 30, 20]), page);
  same(places.map(({ page, column, top }) => [page, column, top]), [[0, 0, 0], [0, 1, 0], [0, 2, 0], [0, 2, 40]]);
});

test("what fits nowhere begins a page", () => {
  const places = pack(heights([90, 90, 90, 30, 5]), page);
  same(places.map(({ page, column }) => [page, column]), [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]);
});

test("a wide card stands under the higher of its columns", () => {
  const places = pack([...heights([20, 40, 60]), { height: 50, span: 2 }], page);
  same(places[3], { page: 0, column: 0, top: 50 });
});

test("a card higher than the page has a page's column for itself", () => {
  const places = pack(heights([300, 20]), { columns: 1, height: 100, gap: 10 });
  same(places.map(({ page }) => page), [0, 1]);
});

test("cards never lie on each other, leave the page or go back a page", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = dice(seed);
    const room = { columns: 1 + Math.floor(random() * 5), height: 400, gap: 8 };
    const cards = Array.from({ length: 40 }, () => ({ height: 20 + Math.floor(random() * 380), span: random() < 0.2 ? 2 : 1 }));
    const places = pack(cards, room);
    places.forEach((a, i) => {
      const span = Math.min(cards[i].span, room.columns);
      ok(a.column + span <= room.columns && a.top + cards[i].height <= room.height, `seed ${seed}, card ${i} is outside`);
      ok(i === 0 || a.page >= places[i - 1].page, `seed ${seed}, card ${i} went back`);
      places.slice(0, i).forEach((b, j) => {
        const beside = a.column >= b.column + Math.min(cards[j].span, room.columns) || b.column >= a.column + span;
        const above = a.top >= b.top + cards[j].height || b.top >= a.top + cards[i].height;
        ok(a.page !== b.page || beside || above, `seed ${seed}, cards ${i} and ${j}`);
      });
    });
  }
});

test("a page is as wide as the screen, so nothing of the next one peeps in", () => {
  const rail = document.createElement("section");
  rail.style.cssText = "--column: 10rem; width: 700px; height: 300px; column-gap: 10px; padding: 0 16px; position: relative; overflow: auto; box-sizing: border-box";
  rail.innerHTML = Array.from({ length: 9 }, (_, i) => `<article id="t${i}" class="card" style="position:absolute"><p style="height:280px;margin:0"></p></article>`).join("");
  document.getElementById("stage").append(rail);
  arrange(rail);
  same(rail.stride, rail.clientWidth);
  const firsts = [...rail.children].filter((card, i, all) => !i || card.dataset.page !== all[i - 1].dataset.page);
  same(firsts.map((card) => card.offsetLeft), firsts.map((_, page) => 16 + page * rail.clientWidth));
});

test("the page stays when its first card is put anew", async () => {
  const look = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/css/kds.css" });
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await new Promise((done) => (look.onload = done) && document.head.append(look));
  const rail = document.createElement("section");
  rail.className = "rail";
  rail.style.cssText = "--column: 10rem; width: 380px; height: 320px; flex: none";
  const card = (id) => `<article id="s${id}" class="card"><p style="height:250px;margin:0"></p></article>`;
  rail.innerHTML = Array.from({ length: 8 }, (_, i) => card(i)).join("");
  document.getElementById("stage").append(rail);
  arrange(rail);
  await frame();
  rail.querySelector("#s0").outerHTML = card(0);
  await frame();
  arrange(rail);
  await frame();
  const after = rail.scrollLeft;
  look.remove();
  same([rail.pages, after], [4, 0]);
});

test("a high card becomes wide before it has to scroll", () => {
  const rail = document.createElement("section");
  rail.style.cssText = "--column: 10rem; width: 700px; height: 300px; column-gap: 10px; padding: 0; position: relative; overflow: auto";
  const lines = (count) => Array.from({ length: count }, () => "<li style='height:40px'>Dish</li>").join("");
  rail.innerHTML = [4, 12, 60].map((count, i) => `<article id="t${i}" class="card" style="position:absolute"><ul class="items" style="margin:0">${lines(count)}</ul></article>`).join("");
  const style = document.createElement("style");
  style.textContent = ".is-wide > .items { columns: var(--span); column-gap: 0 } .is-tall { display: flex } .is-tall > .items { column-fill: auto; overflow-x: auto; overflow-y: hidden; width: 100% } li { break-inside: avoid }";
  document.getElementById("stage").append(style, rail);
  arrange(rail);
  const [plain, wide, tall] = rail.children;
  same([plain, wide, tall].map((card) => [card.classList.contains("is-wide"), card.classList.contains("is-tall")]), [[false, false], [true, false], [true, true]]);
  ok(wide.offsetWidth > plain.offsetWidth * 1.9);
  same(tall.style.height, "300px");
  // Seven lines fit into each of the four columns of 300 px: the other 32 are told.
  same([plain, wide, tall].map((card) => card.dataset.hidden || ""), ["", "", "32 more lines, swipe sideways"]);
});
