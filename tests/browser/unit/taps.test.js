import { Taps } from "/static/js/taps.js";
import { ok, response, same, settle, test, World } from "./kit.js";

const ticket = (id, version = 3, status = "pending") => `<article id="t${id}" class="card" data-status="${status}" data-version="${version}">
  <li id="i${id}0" data-status="pending"><button class="item" data-act="item_bump" data-url="/operations/api/tickets/${id}/items/${id}0/bump/" data-to="ready">Ribeye</button></li>
  <button class="start" data-act="start" data-url="/operations/api/tickets/${id}/start/" data-to="preparing">Start</button>
  <button class="done" data-act="bump" data-url="/operations/api/tickets/${id}/bump/" data-to="ready">Done</button></article>`;

function kitchen({ kept = [] } = {}) {
  const stage = document.getElementById("stage");
  stage.innerHTML = ticket(1) + ticket(2);
  const world = new World();
  const seen = { told: [], truth: [], unsent: 0, denied: [], kept };
  world.store = { read: () => seen.kept, write: (taps) => (seen.kept = JSON.parse(JSON.stringify(taps))) };
  const taps = new Taps({
    world,
    told: (text) => seen.told.push(text),
    truth: (refused) => seen.truth.push(refused),
    counted: (count) => (seen.unsent = count),
    denied: (status) => seen.denied.push(status),
  });
  const tap = (selector) => taps.press(stage.querySelector(selector));
  return { world, seen, taps, tap, stage };
}

const bodies = (world) => world.requests.map((request) => JSON.parse(request.options.body));
const keys = (world) => world.requests.map((request) => request.options.headers["Idempotency-Key"]);
const paths = (world) => world.requests.map((request) => request.url.replace("/operations/api/tickets/", ""));
const moved = (version) => response(200, { json: { id: 1, version } });

test("the card changes before the server answers", () => {
  const { world, tap, stage } = kitchen();
  world.answer = () => new Promise(() => {});
  tap("#t1 .start");
  same(stage.querySelector("#t1").dataset.status, "preparing");
  same(world.requests.length, 1);
});

test("a tap carries its proof, a key and the version that was seen", () => {
  const { world, tap } = kitchen();
  world.answer = () => new Promise(() => {});
  tap("#t1 .start");
  const { options } = world.requests[0];
  same([options.method, options.headers["X-CSRFToken"]], ["POST", "proof"]);
  ok(options.headers["Idempotency-Key"].length >= 32);
  same(bodies(world), [{ version: 3 }]);
});

test("an item's tap carries no version", () => {
  const { world, tap, stage } = kitchen();
  world.answer = () => new Promise(() => {});
  tap("#t1 .item");
  same(bodies(world), [{}]);
  same([stage.querySelector("#i10").dataset.status, stage.querySelector("#t1").dataset.status], ["ready", "pending"]);
});

test("a tap is kept until the server has answered", async () => {
  const { world, seen, tap } = kitchen();
  world.answer = () => moved(4);
  tap("#t1 .start");
  same(seen.kept.length, 1);
  await settle();
  same([seen.kept.length, seen.unsent, seen.truth], [0, 0, [false]]);
});

test("without a network the same key is sent until it arrives, once", async () => {
  const { world, seen, tap, stage } = kitchen();
  tap("#t1 .start");
  await world.advance(30000);
  ok(stage.querySelector("#t1").classList.contains("is-unshared"), "marked");
  same(seen.unsent, 1);
  world.answer = () => moved(4);
  await world.advance(10000);
  ok(world.requests.length > 4);
  same(new Set(keys(world)).size, 1);
  same([seen.unsent, stage.querySelector("#t1").classList.contains("is-unshared")], [0, false]);
  const sent = world.requests.length;
  await world.advance(60000);
  same(world.requests.length, sent);
});

test("a server in trouble is tried again", async () => {
  const { world, tap } = kitchen();
  let answers = [503, 500, 429, 200];
  world.answer = () => response(answers.shift());
  tap("#t1 .start");
  await world.advance(20000);
  same([answers, new Set(keys(world)).size], [[], 1]);
});

test("taps on one ticket arrive in their order", async () => {
  const { world, tap } = kitchen();
  tap("#t1 .start");
  tap("#t1 .item");
  tap("#t1 .done");
  tap("#t2 .start");
  await world.advance(1);
  same(paths(world), ["1/start/", "2/start/"]);
  let version = 3;
  world.answer = () => moved((version += 1));
  await world.advance(20000);
  const arrived = paths(world).slice(-4).filter((path) => path.startsWith("1"));
  same(arrived, ["1/start/", "1/items/10/bump/", "1/done/".replace("done", "bump")]);
});

test("an own earlier tap is no conflict with the next", async () => {
  const { world, tap } = kitchen();
  world.answer = () => moved(4);
  tap("#t1 .start");
  tap("#t1 .done");
  await settle();
  await world.advance(100);
  same(bodies(world), [{ version: 3 }, { version: 4 }]);
});

test("after a refusal the ticket counts as it is shown", async () => {
  const { world, tap } = kitchen();
  const answers = [moved(9), response(409, { json: { detail: "Changed." } }), moved(4)];
  world.answer = () => answers.shift();
  for (const selector of ["#t1 .start", "#t1 .done", "#t1 .done"]) {
    tap(selector);
    await settle();
    await world.advance(100);
  }
  same(bodies(world), [{ version: 3 }, { version: 9 }, { version: 3 }]);
});

test("a tap counts though the news of the one before has not arrived", async () => {
  const { world, seen, tap } = kitchen();
  world.answer = () => moved(4);
  tap("#t1 .start");
  await settle();
  await world.advance(100);
  await new Promise((later) => setTimeout(later, 5));
  tap("#t1 .done"); // on a card that still says version 3
  await settle();
  same(bodies(world), [{ version: 3 }, { version: 4 }]);
  same(seen.told, []);
});

test("what an own earlier tap has done already is no quarrel and costs no later tap", async () => {
  const { world, seen, tap } = kitchen();
  const started = { detail: "Cannot start it.", ticket: { id: 1, version: 4, status: "preparing" } };
  world.answer = (url) => (url.endsWith("start/") ? response(409, { json: started }) : moved(4));
  tap("#t1 .item");
  tap("#t1 .start");
  tap("#t1 .done");
  await settle();
  await world.advance(100);
  same(paths(world), ["1/items/10/bump/", "1/start/", "1/bump/"]);
  same(seen.told, []);
});

test("who was first is said and the board is asked for", async () => {
  const { world, seen, tap } = kitchen();
  world.answer = () => response(409, { json: { detail: "Ana bumped it first.", ticket: { id: 1, version: 9 } } });
  tap("#t1 .done");
  await settle();
  same([seen.told, seen.truth, seen.kept], [["Ana bumped it first."], [true], []]);
});

test("after a refusal later taps on that ticket are dropped", async () => {
  const { world, seen, tap } = kitchen();
  world.answer = () => response(409, { json: { detail: "Void." } });
  tap("#t1 .start");
  tap("#t1 .done");
  tap("#t2 .start");
  await world.advance(100);
  same(paths(world), ["1/start/", "2/start/"]);
  same(seen.kept, []);
});

test("a reload loses no tap", async () => {
  const before = kitchen();
  before.tap("#t1 .start");
  await before.world.advance(2000);
  const after = kitchen({ kept: before.seen.kept });
  after.world.answer = () => moved(4);
  after.taps.pump();
  after.taps.decorate();
  same(after.stage.querySelector("#t1").dataset.status, "preparing");
  await settle();
  same([keys(after.world), after.seen.kept], [[keys(before.world)[0]], []]);
});

test("taps from another day are dropped and said", () => {
  const old = { key: "k", at: Date.now() - 13 * 3600000, url: "/x", subject: "s", tries: 1 };
  const { seen, taps } = kitchen({ kept: [old] });
  same([taps.queue.length, seen.told.length], [0, 1]);
});

test("a ticket that was voided meanwhile stays void", async () => {
  const { tap, taps, stage } = kitchen();
  tap("#t1 .start");
  stage.querySelector("#t1").dataset.status = "void";
  taps.decorate();
  same(stage.querySelector("#t1").dataset.status, "void");
});

test("a new card from the server is marked again", async () => {
  const { world, tap, taps, stage } = kitchen();
  tap("#t1 .start");
  await world.advance(2000);
  stage.innerHTML = ticket(1, 3) + ticket(2);
  taps.decorate();
  same(stage.querySelector("#t1").dataset.status, "preparing");
  ok(stage.querySelector("#t1").classList.contains("is-unshared"));
});

test("a withdrawn screen says so", async () => {
  const { world, seen, tap } = kitchen();
  world.answer = () => response(401, { json: { detail: "Sign in." } });
  tap("#t1 .start");
  await settle();
  same([seen.denied, seen.kept], [[401], []]);
});

test("a card that has just slid under the finger takes no tap", () => {
  const { world, tap, stage } = kitchen();
  stage.querySelector("#t1").movedAt = performance.now();
  tap("#t1 .start");
  same([world.requests.length, stage.querySelector("#t1").dataset.status], [0, "pending"]);
});

test("a key pressed on a card that has just moved means that card", () => {
  const { world, taps, stage } = kitchen();
  world.answer = () => new Promise(() => {});
  stage.querySelector("#t1").movedAt = performance.now();
  taps.listen(stage);
  const press = (detail) => stage.querySelector("#t1 .start").dispatchEvent(new MouseEvent("click", { bubbles: true, detail }));
  press(1);
  same(world.requests.length, 0);
  press(0);
  same(world.requests.length, 1);
});

test("an order's move carries its own words", () => {
  const { world, stage, taps } = kitchen();
  world.answer = () => new Promise(() => {});
  stage.innerHTML = `<article id="o8" class="card" data-status="ready"><button data-act="rush" data-method="PATCH" data-url="/api/orders/8/" data-body='{"priority":"rush"}'>Rush</button></article>`;
  taps.press(stage.querySelector("button"));
  same([world.requests[0].options.method, bodies(world)], ["PATCH", [{ priority: "rush" }]]);
});
