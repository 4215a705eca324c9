import { backoff, BACKOFF_SECONDS, Live } from "/static/js/live.js";
import { ok, response, same, test, World } from "./kit.js";

const page = (rev) => `<div id="board" data-rev="${rev}"></div>`;

function screen({ rev = 5, random = () => 0.5 } = {}) {
  const world = new World({ random });
  const seen = { applied: [], replaced: [], reloads: 0 };
  const live = new Live({
    socketUrl: "ws://kitchen/ws/stations/grill/",
    boardUrl: "/operations/stations/grill/board",
    rev,
    world,
    clock: { set: () => {} },
    changed: () => {},
    board: {
      apply: (frame) => seen.applied.push(frame.rev),
      replace: (html) => seen.replaced.push(html),
      reload: () => (seen.reloads += 1),
    },
  });
  live.start();
  return { live, world, seen };
}

const beat = (rev) => ({ type: "beat", rev, now: "2026-01-01T12:00:00Z" });
const polls = (world) => world.requests.filter((request) => request.url.includes("have="));

async function beating(world, ms, rev = 5) {
  for (let at = 0; at < ms; at += 2000) {
    world.last.say(beat(rev));
    await world.advance(Math.min(2000, ms - at));
  }
}

test("the wait grows 1, 2, 4, 8, 16, 30, 30 seconds", () => {
  same([1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => backoff(attempt, () => 0.5)), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test("the wait is spread, never by more than a fifth", () => {
  for (const random of [() => 0, () => 0.999999]) {
    BACKOFF_SECONDS.forEach((seconds, i) => {
      const wait = backoff(i + 1, random);
      ok(wait >= seconds * 800 && wait <= seconds * 1200, `${wait} for ${seconds}`);
    });
  }
});

test("connecting again follows the waits and never ends", async () => {
  const { world } = screen();
  const waits = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    const from = world.time;
    const count = world.sockets.length;
    world.last.end(1006);
    while (world.sockets.length === count) await world.advance(250);
    waits.push(Math.round((world.time - from) / 1000));
  }
  same(waits, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
});

test("every close code but the withdrawn ones is followed by a new try", async () => {
  for (const code of [1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 4000]) {
    const { world, live } = screen();
    world.last.say(beat(5));
    world.last.end(code);
    await world.advance(1500);
    same(world.sockets.length, 2, `after ${code}`);
    same(live.state().link, "reconnecting");
  }
});

test("withdrawn access is said and not knocked at again", async () => {
  for (const code of [4401, 4403]) {
    const { world, live } = screen();
    world.last.end(code);
    await world.advance(120000);
    same([world.sockets.length, live.state().link], [1, "withdrawn"], `after ${code}`);
  }
});

test("a screen that was let in again loads anew", async () => {
  const { world, seen } = screen();
  world.last.end(4403);
  world.answer = () => response(204);
  await world.advance(31000);
  same(seen.reloads, 1);
});

test("a refused client stops knocking and lives on polls", async () => {
  const { world, live } = screen();
  world.answer = () => response(204);
  world.last.end(4400);
  await world.advance(60000);
  same([world.sockets.length, live.state().link], [1, "refused"]);
  ok(polls(world).length > 10);
});

test("a beat is answered with the revision that is shown", async () => {
  const { world } = screen({ rev: 12 });
  world.last.say(beat(12));
  same(world.last.sent, [{ type: "seen", rev: 12 }]);
});

test("the first beat makes the screen live and resets the waits", async () => {
  const { world, live } = screen();
  world.last.end(1006);
  await world.advance(1300);
  world.last.end(1006);
  await world.advance(2300);
  world.last.say(beat(5));
  same([live.state().live, live.attempt], [true, 0]);
});

test("silence is noticed within five seconds of the last beat", async () => {
  const { world, live } = screen();
  await beating(world, 20000);
  world.last.say(beat(5));
  await world.advance(4000);
  ok(live.state().live, "two beats may be late");
  await world.advance(900);
  ok(!live.state().live);
  ok(live.state().silent);
});

test("an open socket that is silent is given up", async () => {
  const { world } = screen();
  world.last.say(beat(5));
  const deaf = world.last;
  await world.advance(6500);
  ok(deaf.closed);
  ok(world.last !== deaf, "a new one was opened");
  deaf.say(beat(99));
  same(world.last.sent, []);
});

test("a socket that never says anything is given up too", async () => {
  const { world } = screen();
  await world.advance(12000);
  ok(world.sockets.length > 1);
});

test("while the socket is away the board is polled every three seconds", async () => {
  const { world, live, seen } = screen();
  world.last.say(beat(5));
  let rev = 5;
  world.answer = () => response(200, { text: page(++rev) });
  world.last.end(1006);
  world.socket = () => {
    throw new Error("no way");
  };
  await world.advance(31000);
  const times = polls(world).map((request) => request.at);
  const gaps = times.slice(1).map((at, i) => at - times[i]);
  ok(gaps.every((gap) => gap >= 3000 && gap <= 3300), JSON.stringify(gaps));
  same(live.state().polls, "ok");
  same(seen.replaced.length, times.length);
  same(polls(world)[1].url, "/operations/stations/grill/board?have=6");
});

test("nothing new is answered with 204 and swaps nothing", async () => {
  const { world, seen, live } = screen();
  world.answer = () => response(204);
  world.last.end(1006);
  await world.advance(5000);
  same([seen.replaced, live.state().polls], [[], "ok"]);
});

test("polls that fail are told and after a minute slow down", async () => {
  const { world, live } = screen();
  world.last.end(1006);
  await world.advance(59000);
  same(live.state().polls, "failing");
  const before = polls(world).length;
  ok(before >= 18, `${before} polls in the first minute`);
  await world.advance(10000);
  const from = polls(world).length;
  await world.advance(60000);
  const slow = polls(world).length - from;
  ok(slow >= 5 && slow <= 7, `${slow} polls in a later minute`);
});

test("a poll that is refused says that access was withdrawn", async () => {
  const { world, live } = screen();
  world.answer = () => response(403);
  world.last.end(1006);
  await world.advance(3000);
  same(live.state().link, "withdrawn");
});

test("polling ends when the socket is back", async () => {
  const { world, live } = screen();
  world.answer = () => response(204);
  world.last.end(1006);
  await world.advance(8000);
  world.last.say(beat(5));
  const before = polls(world).length;
  await beating(world, 20000);
  same([polls(world).length, live.state().live], [before, true]);
});

test("a poll that was overtaken by the socket changes nothing", async () => {
  const { world, live, seen } = screen();
  let answer;
  world.answer = () => new Promise((resolve) => (answer = resolve));
  world.last.end(1006);
  await world.advance(2500);
  world.last.say({ type: "orders_update", rev: 9, html: page(9), now: "2026-01-01T12:00:00Z" });
  answer(await response(200, { text: page(6) }));
  await world.advance(100);
  same([seen.replaced.length, live.feed.rev], [1, 9]);
});

test("a gap asks over the socket while it is live", async () => {
  const { world } = screen();
  world.last.say(beat(5));
  world.last.say({ type: "order_update", rev: 7, html: "" });
  same(world.last.sent[1], { type: "request_update" });
});

test("sleep is noticed and ended with a new socket and a poll at once", async () => {
  const { world, live } = screen();
  world.last.say(beat(5));
  await world.advance(1000);
  world.sleep(3600000);
  ok(!live.state().live, "not live the moment it wakes");
  await world.advance(10);
  same(world.sockets.length, 2);
  same(polls(world).length, 1);
});

test("a network that went away is said at once", async () => {
  const { world, live } = screen();
  world.last.say(beat(5));
  live.networkGone();
  ok(!live.state().live);
  ok(live.state().silent);
});

test("a network that is back is used at once", async () => {
  const { world, live } = screen();
  world.last.say(beat(5));
  live.networkGone();
  await world.advance(300000);
  const count = world.sockets.length;
  live.recheck();
  same(world.sockets.length, count + 1);
});

test("a frame that is not JSON is no trouble", async () => {
  const { world, live } = screen();
  world.last.say(beat(5));
  world.last.onmessage({ data: "<html>" });
  ok(live.state().live);
});

test("the next try is counted down in whole seconds", async () => {
  const { world, live } = screen();
  for (let i = 0; i < 3; i += 1) {
    world.last.end(1006);
    if (i < 2) while (live.retryAt !== null) await world.advance(250);
  }
  same([live.state().attempt, live.state().retryIn], [3, 4]);
});
