import { Board } from "/static/js/board.js";
import { Feed } from "/static/js/feed.js";
import { dice, ok, same, test, World } from "./kit.js";

const card = ({ id, lane = "open", sort = id, name = "Ribeye", status = "pending" }) =>
  `<article id="t${id}" class="card" data-lane="${lane}" data-sort="${sort}" data-status="${status}">
   <h2>${name}</h2><details><summary>More</summary></details><button>Done</button></article>`;

const whole = (cards, { rev = 0, more = 0 } = {}) => `<div id="board" data-rev="${rev}" data-more="${more}">
  <div id="alarms"></div>
  <section data-lane="open" class="rail">${cards.filter((c) => (c.lane || "open") === "open").map(card).join("")}</section>
  <div class="empty">All caught up</div>
  <section data-lane="ready" data-max="3">${cards.filter((c) => c.lane === "ready").map(card).join("")}</section></div>`;

function boardOf(cards, options = {}) {
  document.getElementById("stage").innerHTML =
    `<b data-count="open"></b><b data-count="ready"></b>${whole(cards, options)}`;
  const board = new Board({ ask: () => (board.asked = (board.asked || 0) + 1) });
  board.settle();
  return board;
}

const shown = (lane) =>
  [...document.querySelectorAll(`#board > [data-lane="${lane}"] > .card`)].map((c) => Number(c.id.slice(1)));
const frame = (rev, spec) => ({ type: "order_update", rev, action: "changed", id: `t${spec.id}`, html: card(spec) });
const removal = (rev, id) => ({ type: "order_update", rev, action: "removed", id: `t${id}`, html: "" });
const count = (lane) => document.querySelector(`[data-count="${lane}"]`).textContent;

test("a new card stands where its place in line says", () => {
  const board = boardOf([{ id: 1, sort: 10 }, { id: 2, sort: 30 }]);
  board.apply(frame(1, { id: 9, sort: 20 }));
  same(shown("open"), [1, 9, 2]);
  same(count("open"), "3");
});

test("cards of one moment stand by number", () => {
  const board = boardOf([{ id: 5, sort: 7 }]);
  board.apply(frame(1, { id: 12, sort: 7 }));
  board.apply(frame(2, { id: 4, sort: 7 }));
  same(shown("open"), [4, 5, 12]);
});

test("a bumped card goes to the tray and the tray keeps its length", () => {
  const board = boardOf([{ id: 1 }, { id: 11, lane: "ready", sort: -3 }, { id: 12, lane: "ready", sort: -2 }, { id: 13, lane: "ready", sort: -1 }]);
  board.apply(frame(1, { id: 1, lane: "ready", sort: -4 }));
  same([shown("open"), shown("ready")], [[], [1, 11, 12]]);
});

test("a changed card is changed in place", () => {
  const board = boardOf([{ id: 1 }, { id: 2 }]);
  const old = document.getElementById("t1");
  board.apply(frame(1, { id: 1, name: "Salmon" }));
  ok(document.getElementById("t1") === old, "the same element stays");
  same(old.querySelector("h2").textContent, "Salmon");
});

test("what a person opened stays open", () => {
  const board = boardOf([{ id: 1 }]);
  document.querySelector("#t1 details").open = true;
  board.apply(frame(1, { id: 1, name: "Salmon" }));
  ok(document.querySelector("#t1 details").open);
});

test("the focus stays on a card that moves", () => {
  const board = boardOf([{ id: 1, sort: 1 }, { id: 2, sort: 2 }]);
  document.querySelector("#t1 button").focus();
  board.apply(frame(1, { id: 1, sort: 9 }));
  same(shown("open"), [2, 1]);
  ok(document.activeElement === document.querySelector("#t1 button"));
});

test("a removed card is gone and an unknown one is no trouble", () => {
  const board = boardOf([{ id: 1 }, { id: 2 }]);
  board.apply(removal(1, 1));
  board.apply(removal(2, 77));
  same(shown("open"), [2]);
});

test("a card for a lane that is not here leaves the board", () => {
  const board = boardOf([{ id: 1 }]);
  board.apply(frame(1, { id: 1, lane: "recent" }));
  same(shown("open"), []);
});

test("a place that became free is filled from behind", () => {
  const board = boardOf([{ id: 1 }, { id: 2 }], { more: 5 });
  board.apply(removal(1, 1));
  same(board.asked, 1);
  same(count("open"), "6");
});

test("an empty lane says so", () => {
  const board = boardOf([{ id: 1 }]);
  board.apply(removal(1, 1));
  ok(document.querySelector('[data-lane="open"]').classList.contains("is-empty"));
  board.apply(frame(2, { id: 3 }));
  ok(!document.querySelector('[data-lane="open"]').classList.contains("is-empty"));
});

test("a whole board takes the place of what was there", () => {
  const board = boardOf([{ id: 1 }, { id: 2 }]);
  board.replace(whole([{ id: 2, lane: "ready", sort: -1 }, { id: 3, sort: 8 }, { id: 4, sort: 6 }], { rev: 9, more: 2 }));
  same([shown("open"), shown("ready")], [[4, 3], [2]]);
  same([count("open"), count("ready")], ["4", "1"]);
  same(document.getElementById("board").dataset.rev, "9");
});

test("something else than a board is refused", () => {
  const board = boardOf([{ id: 1 }]);
  board.replace("<form id=sign-in></form>");
  same(shown("open"), [1]);
});

test("alarms come and go by themselves", () => {
  const board = boardOf([{ id: 1 }]);
  board.apply({ type: "alarms_update", rev: 1, html: "<p id=a1>Out of paper</p>" });
  same(document.getElementById("alarms").textContent, "Out of paper");
  board.apply({ type: "alarms_update", rev: 2, html: "" });
  same(document.getElementById("alarms").textContent, "");
});

test("text from outside stays text", () => {
  const board = boardOf([{ id: 1 }]);
  board.apply(frame(1, { id: 2, name: "&lt;img src=x onerror=alert(1)&gt;" }));
  same(document.querySelectorAll("#t2 img").length, 0);
});

// A kitchen that changes at random, told over a line that loses, doubles and shuffles.
class Kitchen {
  constructor(random) {
    this.random = random;
    this.rev = 0;
    this.cards = new Map();
    this.next = 1;
  }

  change() {
    this.rev += 1;
    const dieRoll = this.random();
    const ids = [...this.cards.keys()];
    const id = ids[Math.floor(this.random() * ids.length)];
    if (!ids.length || dieRoll < 0.4) return this.put({ id: this.next++, sort: Math.floor(this.random() * 40) });
    if (dieRoll < 0.55) return this.take(id);
    if (dieRoll < 0.8) return this.put({ ...this.cards.get(id), lane: this.random() < 0.5 ? "ready" : "open" });
    return this.put({ ...this.cards.get(id), name: `Dish ${this.rev}` });
  }

  put(spec) {
    this.cards.set(spec.id, spec);
    return frame(this.rev, spec);
  }

  take(id) {
    this.cards.delete(id);
    return removal(this.rev, id);
  }

  snapshot() {
    return { type: "orders_update", rev: this.rev, html: whole([...this.cards.values()], { rev: this.rev }) };
  }

  lane(name) {
    return [...this.cards.values()]
      .filter((c) => (c.lane || "open") === name)
      .sort((a, b) => a.sort - b.sort || a.id - b.id)
      .map((c) => `${c.id} ${c.name || "Ribeye"}`);
  }
}

const cardsShown = (lane) =>
  [...document.querySelectorAll(`#board > [data-lane="${lane}"] > .card`)].map(
    (c) => `${Number(c.id.slice(1))} ${c.querySelector("h2").textContent}`,
  );

async function rehearse(seed) {
  const random = dice(seed);
  const world = new World({ random });
  const kitchen = new Kitchen(random);
  const board = boardOf([]);
  document.querySelector('#board > [data-lane="ready"]').dataset.max = "1000";
  const onTheWay = [];
  const send = (said) => onTheWay.push({ at: world.time + random() * 900, said });
  const feed = new Feed({
    rev: 0,
    apply: (said) => board.apply(said),
    replace: (html) => {
      board.replace(html.replace('data-max="3"', 'data-max="1000"'));
    },
    ask: () => send(kitchen.snapshot()),
    now: world.now,
    later: world.later,
  });
  const deliver = () => {
    onTheWay.sort((a, b) => a.at - b.at);
    while (onTheWay.length && onTheWay[0].at <= world.time) feed.take(onTheWay.shift().said);
  };
  for (let step = 0; step < 60; step += 1) {
    const said = kitchen.change();
    if (random() > 0.3) send(said);
    if (random() < 0.2) send(said);
    if (step % 10 === 9) send({ type: "beat", rev: kitchen.rev });
    await world.advance(random() * 300);
    deliver();
  }
  for (let beat = 0; beat < 4; beat += 1) {
    feed.take({ type: "beat", rev: kitchen.rev });
    await world.advance(2000);
    deliver();
  }
  same(feed.rev, kitchen.rev, `seed ${seed}, revision`);
  same(cardsShown("open"), kitchen.lane("open"), `seed ${seed}, open`);
  same(cardsShown("ready"), kitchen.lane("ready"), `seed ${seed}, ready`);
}

test("lost, doubled and shuffled frames end in the right board", async () => {
  for (let seed = 1; seed <= 40; seed += 1) await rehearse(seed);
});
