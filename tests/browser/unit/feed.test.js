import { Feed } from "/static/js/feed.js";
import { dice, same, test, World } from "./kit.js";

function feedAt(rev) {
  const world = new World();
  const done = { world, applied: [], replaced: [], asked: 0 };
  done.feed = new Feed({
    rev,
    apply: (frame) => done.applied.push(frame.rev),
    replace: (html, at) => done.replaced.push(at),
    ask: () => (done.asked += 1),
    now: world.now,
    later: world.later,
  });
  return done;
}

const update = (rev) => ({ type: "order_update", rev });
const beat = (rev) => ({ type: "beat", rev });
const snapshot = (rev) => ({ type: "orders_update", rev, html: "" });

test("the next revision is applied", () => {
  const { feed, applied } = feedAt(7);
  feed.take(update(8));
  feed.take(update(9));
  same(applied, [8, 9]);
});

test("what is known already is ignored", () => {
  const done = feedAt(7);
  done.feed.take(update(7));
  done.feed.take(update(3));
  same([done.applied, done.asked], [[], 0]);
});

test("a gap asks for the snapshot and holds what came early", () => {
  const done = feedAt(7);
  done.feed.take(update(9));
  same([done.applied, done.asked, done.feed.rev], [[], 1, 7]);
  done.feed.take(update(8));
  same(done.applied, [8, 9]);
});

test("a snapshot is followed by what came before it and is newer", () => {
  const done = feedAt(7);
  done.feed.take(update(11));
  done.feed.take(snapshot(10));
  same([done.replaced, done.applied, done.feed.rev], [[10], [11], 11]);
});

test("an old snapshot changes nothing", () => {
  const done = feedAt(7);
  done.feed.take(update(8));
  done.feed.take(snapshot(7));
  same([done.replaced, done.feed.rev], [[], 8]);
});

test("a resync asks at once", () => {
  const done = feedAt(7);
  done.feed.take({ type: "resync" });
  done.feed.take({ type: "resync" });
  same(done.asked, 2);
});

test("a beat that differs for half a second asks", async () => {
  const done = feedAt(7);
  done.feed.take(beat(8));
  await done.world.advance(499);
  same(done.asked, 0);
  await done.world.advance(2);
  same(done.asked, 1);
});

test("a beat that is overtaken by its event asks for nothing", async () => {
  const done = feedAt(7);
  done.feed.take(beat(8));
  done.feed.take(update(8));
  await done.world.advance(1000);
  same(done.asked, 0);
});

test("a beat that is late by one event asks for nothing", async () => {
  const done = feedAt(7);
  done.feed.take(beat(7));
  done.feed.take(update(8));
  done.feed.take(beat(7));
  await done.world.advance(1000);
  same(done.asked, 0);
});

test("a database begun anew is believed", async () => {
  const done = feedAt(700);
  done.feed.take(beat(700));
  await done.world.advance(2000);
  done.feed.take(beat(2));
  await done.world.advance(600);
  same(done.asked, 1);
  done.feed.take(snapshot(2));
  same([done.replaced, done.feed.rev], [[2], 2]);
});

test("unanswered requests are repeated but not in a storm", async () => {
  const done = feedAt(7);
  for (const rev of [9, 10, 11, 12]) done.feed.take(update(rev));
  same(done.asked, 1);
  await done.world.advance(2000);
  done.feed.take(beat(12));
  await done.world.advance(600);
  same(done.asked, 2);
});

test("status changes and unknown frames do not count", () => {
  const done = feedAt(7);
  done.feed.take({ type: "status_change", rev: 8 });
  done.feed.take({ type: "news" });
  same([done.applied, done.feed.rev], [[], 7]);
});

test("every order of arrival ends at the last revision", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = dice(seed);
    const done = feedAt(0);
    const last = 30;
    const frames = [];
    for (let rev = 1; rev <= last; rev += 1) {
      if (random() < 0.25) continue;
      const place = rev + (random() < 0.3 ? random() * 6 : 0);
      frames.push([place, rev]);
      if (random() < 0.2) frames.push([place + random() * 9, rev]);
    }
    frames.sort((a, b) => a[0] - b[0]);
    for (const [, rev] of frames) done.feed.take(update(rev));
    for (let round = 0; round < 3 && done.feed.rev !== last; round += 1) {
      const before = done.asked;
      done.feed.take(beat(last));
      await done.world.advance(2000);
      if (done.asked > before) done.feed.take(snapshot(last));
    }
    same(done.feed.rev, last, `seed ${seed}`);
    const shown = [...done.applied];
    same(shown, [...shown].sort((a, b) => a - b), `seed ${seed} in order`);
    same(shown.length, new Set(shown).size, `seed ${seed} once each`);
  }
});
