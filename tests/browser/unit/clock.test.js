import { Clock, dueness, duration, tickTimers } from "/static/js/clock.js";
import { ok, same, test } from "./kit.js";

test("durations are minutes and seconds, then hours", () => {
  same(
    [0, 999, 9000, 61000, 600000, 5999000, 6000000, 45240000].map(duration),
    ["0:00", "0:00", "0:09", "1:01", "10:00", "99:59", "1h40", "12h34"],
  );
});

test("a clock ahead of the server does not go below nothing", () => {
  same(duration(-4000), "0:00");
});

test("a ticket is due at its warning and late at its limit", () => {
  same([299, 300, 479, 480].map((age) => dueness(age, 300, 480)), ["ok", "warn", "warn", "late"]);
});

test("the server's time wins over a wrong tablet", () => {
  const clock = new Clock();
  clock.set(new Date(Date.now() + 3600000).toISOString());
  ok(Math.abs(clock.now() - Date.now() - 3600000) < 50);
});

test("an HTTP date does not displace the beats' time", () => {
  const clock = new Clock();
  clock.set(new Date(Date.now() + 5000).toISOString());
  clock.set(new Date(Date.now() + 90000).toUTCString(), { coarse: true });
  ok(Math.abs(clock.now() - Date.now() - 5000) < 50);
});

test("a word that is no time changes nothing", () => {
  const clock = new Clock();
  clock.set("soon");
  same(clock.offset, 0);
});

test("late is said by a word and a state", () => {
  const now = Date.parse("2026-01-01T12:08:01Z");
  const stage = document.getElementById("stage");
  stage.innerHTML = `<article data-clock="2026-01-01T12:00:00.123456+00:00" data-warn="300" data-late="480">
    <p><b data-due-word></b><time data-timer></time></p></article>`;
  tickTimers(stage, now);
  same(stage.querySelector("article").dataset.due, "late");
  same(stage.querySelector("[data-due-word]").textContent, "LATE");
  same(stage.querySelector("[data-timer]").textContent, "8:00");
});

test("each share of an order has its own clock", () => {
  const now = Date.parse("2026-01-01T12:06:00Z");
  const stage = document.getElementById("stage");
  stage.innerHTML = `<article data-clock="2026-01-01T12:00:00Z" data-warn="900" data-late="999"><p><i data-timer></i></p>
    <section data-clock="2026-01-01T12:00:30Z" data-warn="300" data-late="400"><p><i data-timer></i></p></section></article>`;
  tickTimers(stage, now);
  same([...stage.querySelectorAll("[data-timer]")].map((timer) => timer.textContent), ["6:00", "5:30"]);
  same(stage.querySelector("section").dataset.due, "warn");
  same(stage.querySelector("article").dataset.due, "ok");
});
