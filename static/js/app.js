// A live board: joins the parts and starts them.
import { Board } from "./board.js";
import { Clock, hms, tickTimers } from "./clock.js";
import { arrange, keepArranged } from "./layout.js";
import { LinkSign } from "./link.js";
import { Live } from "./live.js";
import { Pager } from "./pager.js";
import { applyLook } from "./look.js";
import { Taps } from "./taps.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const body = document.body;
const clock = new Clock();
const rail = () => document.querySelector("#board > .rail");
const board = new Board({
  changed: () => refresh(),
  ask: () => live.feed.request(),
  arrange: () => {
    arrange(rail());
    observe();
    pager.update();
  },
});
clock.set(board.root.dataset.now);

const sign = new LinkSign(body, clock);
const pager = new Pager(body);
const observe = keepArranged(rail, () => pager.update());
const taps = new Taps({
  told: toast,
  counted: showUnsent,
  // On a live screen the change comes by itself; a refusal, or a dead link, needs the board now.
  truth: (refused) => {
    if (refused) live.feed.request(true);
    else if (!live.state().live) live.poll();
  },
  denied: (status) => {
    if (status === 401) live.withdraw();
  },
});
board.isOurs = (frame) => taps.isOurs(frame);

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const live = new Live({
  socketUrl: `${scheme}//${location.host}${body.dataset.socket}`,
  boardUrl: body.dataset.boardUrl,
  rev: Number(board.root.dataset.rev),
  board,
  clock,
  changed: () => {
    const state = live.state();
    if (state.live && !wasLive) taps.hurry();
    wasLive = state.live;
    sign.show(state);
  },
});
let wasLive = false;

function refresh() {
  tickTimers(document, clock.now());
  taps.decorate();
}

function showUnsent(count) {
  const box = document.querySelector(".unsent");
  box.hidden = count === 0;
  box.querySelector("b").textContent = count;
  box.querySelector("span").textContent = words.unsent(count);
}

function tick() {
  tickTimers(document, clock.now());
  document.querySelector("[data-wall]").textContent = hms(clock.now()).slice(0, 5);
  setTimeout(tick, 1000 - (clock.now() % 1000));
}

async function stayAwake() {
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // Not every tablet can; its own settings then decide.
  }
}

applyLook();
taps.listen(body);
addEventListener("online", () => live.recheck());
addEventListener("offline", () => live.networkGone());
addEventListener("pageshow", (event) => event.persisted && live.recheck());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  live.recheck();
  stayAwake();
});
stayAwake();
board.settle();
live.start();
taps.pump();
tick();
