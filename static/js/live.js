// Keeps one board live: a socket with back-off, a watchdog on its beats, and polling meanwhile.
import { Feed } from "./feed.js";

export const BACKOFF_SECONDS = [1, 2, 4, 8, 16, 30];
export const SILENCE_MS = 4500; // beats come every 2 s; the banner must stand within 5
const TICK_MS = 250;
const ASLEEP_MS = 3000;
const POLL_MS = 3000;
const POLL_SLOW_MS = 10000;
const POLL_FAILS_LONG_MS = 60000;
const ANSWER_MS = 8000;
const KNOCK_MS = 30000; // a withdrawn screen looks this often whether it was let in again
const WITHDRAWN = [4401, 4403];
const REFUSED = 4400;

export function backoff(attempt, random = Math.random) {
  const seconds = BACKOFF_SECONDS[Math.min(Math.max(attempt, 1), BACKOFF_SECONDS.length) - 1];
  return Math.round(seconds * 1000 * (0.8 + 0.4 * random()));
}

const browser = {
  now: () => performance.now(),
  random: () => Math.random(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (id) => clearTimeout(id),
  socket: (url) => new WebSocket(url, ["olgfeast.html"]),
  fetch: (url, options) => fetch(url, options),
};

export class Live {
  constructor({ socketUrl, boardUrl, rev, board, clock, changed, world = browser }) {
    Object.assign(this, { socketUrl, boardUrl, board, clock, changed, world });
    const now = world.now();
    this.ws = null;
    this.link = "connecting"; // connecting, live, reconnecting, refused, withdrawn
    this.polls = "off"; // off, ok, failing
    this.attempt = 0;
    this.retryAt = null;
    this.heardAt = now;
    this.heardFrom = null; // the socket that last gave a beat
    this.openedAt = now;
    this.tickedAt = now;
    this.pollAt = Infinity;
    this.pollFailsSince = null;
    this.inFlight = false;
    this.offline = false;
    this.feed = new Feed({
      rev,
      apply: (frame) => board.apply(frame),
      replace: (html) => board.replace(html),
      ask: () => this.ask(),
      now: world.now,
      later: world.later,
    });
  }

  start() {
    this.connect();
    this.tick();
  }

  get silent() {
    return this.offline || this.world.now() - this.heardAt > SILENCE_MS;
  }

  // What a person is told; `since` is how long ago the last beat was heard, in milliseconds.
  state() {
    const now = this.world.now();
    return {
      link: this.link,
      live: this.link === "live" && !this.silent,
      silent: this.silent,
      polls: this.polls,
      attempt: Math.max(this.attempt, 1),
      retryIn: this.retryAt === null ? 0 : Math.max(0, Math.ceil((this.retryAt - now) / 1000)),
      since: now - this.heardAt,
    };
  }

  connect() {
    this.retryAt = null;
    this.openedAt = this.world.now();
    let ws;
    try {
      ws = this.world.socket(this.socketUrl);
    } catch {
      return this.lost(1006);
    }
    this.ws = ws;
    ws.onmessage = (event) => ws === this.ws && this.read(event.data);
    ws.onclose = (event) => ws === this.ws && this.lost(event.code);
    ws.onerror = () => {};
    this.changed();
  }

  read(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (frame.now) this.clock.set(frame.now);
    if (frame.type === "beat" || frame.type === "orders_update") this.heard();
    this.feed.take(frame);
    if (frame.type === "beat") this.send({ type: "seen", rev: this.feed.rev });
  }

  heard() {
    this.heardAt = this.world.now();
    this.heardFrom = this.ws;
    this.offline = false;
    if (this.link === "live") return;
    this.link = "live";
    this.attempt = 0;
    this.polls = "off";
    this.pollAt = Infinity;
    this.changed();
  }

  send(message) {
    if (this.ws && this.ws.readyState === 1) this.ws.send(JSON.stringify(message));
  }

  ask() {
    if (this.link === "live" && !this.silent) this.send({ type: "request_update" });
    else this.poll();
  }

  lost(code) {
    this.ws = null;
    if (WITHDRAWN.includes(code)) return this.withdraw();
    const now = this.world.now();
    this.attempt += 1;
    if (code === REFUSED) {
      this.link = "refused";
      this.retryAt = null;
    } else {
      this.link = "reconnecting";
      this.retryAt = now + backoff(this.attempt, this.world.random);
    }
    // A server that comes back is not asked by all screens in the same instant.
    if (this.pollAt === Infinity) this.pollAt = now + 300 + 1200 * this.world.random();
    this.changed();
  }

  withdraw() {
    this.abandon();
    this.link = "withdrawn";
    this.retryAt = null;
    this.pollAt = this.world.now() + KNOCK_MS;
    this.changed();
  }

  // A half-open connection may take minutes to close; nothing waits for it.
  abandon() {
    const ws = this.ws;
    this.ws = null;
    if (ws) ws.close();
  }

  // Look at once: the tablet woke, the network came back, or the person asks.
  recheck() {
    if (this.link === "withdrawn") return;
    if (this.link === "live" && !this.silent) return this.feed.request();
    this.abandon();
    if (this.link !== "refused") {
      this.link = "reconnecting";
      this.attempt = Math.max(this.attempt, 1);
      this.connect();
    }
    this.poll();
  }

  networkGone() {
    if (this.link === "withdrawn") return;
    this.offline = true;
    this.abandon();
    this.lost(1006);
  }

  tick() {
    const now = this.world.now();
    const slept = now - this.tickedAt > ASLEEP_MS;
    this.tickedAt = now;
    if (slept) this.recheck();
    else this.watch(now);
    if (now >= this.pollAt) this.poll();
    this.changed();
    this.world.later(() => this.tick(), TICK_MS);
  }

  watch(now) {
    if (this.retryAt !== null && now >= this.retryAt) return this.connect();
    if (!this.ws) return;
    const quietFrom = this.heardFrom === this.ws ? this.heardAt : this.openedAt;
    if (now - quietFrom < (this.heardFrom === this.ws ? SILENCE_MS : ANSWER_MS)) return;
    this.abandon();
    this.lost(1006);
  }

  async poll() {
    if (this.inFlight) return;
    this.inFlight = true;
    const rev = this.feed.rev;
    let answer;
    try {
      answer = await this.fetchBoard(rev);
    } catch {
      answer = null;
    }
    this.inFlight = false;
    this.polled(answer, rev);
  }

  async fetchBoard(rev) {
    const stop = new AbortController();
    const timer = this.world.later(() => stop.abort(), ANSWER_MS);
    try {
      const response = await this.world.fetch(`${this.boardUrl}?have=${rev}`, {
        cache: "no-store",
        credentials: "same-origin",
        redirect: "manual",
        signal: stop.signal,
      });
      const html = response.status === 200 ? await response.text() : "";
      const time = response.headers.get("X-KDS-Now") || response.headers.get("Date");
      return { status: response.type === "opaqueredirect" ? 403 : response.status, html, time };
    } finally {
      this.world.cancel(timer);
    }
  }

  polled(answer, asked) {
    const now = this.world.now();
    const live = this.link === "live" && !this.silent;
    const good = answer && (answer.status === 200 || answer.status === 204);
    if (this.link === "withdrawn") {
      this.pollAt = now + KNOCK_MS;
      return good && this.board.reload();
    }
    if (answer && (answer.status === 401 || answer.status === 403)) return this.withdraw();
    if (good) {
      this.pollFailsSince = null;
      if (answer.time) this.clock.set(answer.time, { coarse: !answer.time.includes("T") });
      this.refresh(answer, asked, live);
    } else if (this.pollFailsSince === null) {
      this.pollFailsSince = now;
    }
    this.polls = live ? "off" : good ? "ok" : "failing";
    const failsLong = this.pollFailsSince !== null && now - this.pollFailsSince >= POLL_FAILS_LONG_MS;
    this.pollAt = live ? Infinity : now + (failsLong ? POLL_SLOW_MS : POLL_MS);
    this.changed();
  }

  refresh(answer, asked, live) {
    if (answer.status === 204) return this.feed.unchanged();
    const rev = Number((/data-rev="(\d+)"/.exec(answer.html) || [])[1]);
    if (!Number.isInteger(rev)) return;
    // Without a socket, an answer that counts less than we asked with means a database begun anew.
    if (!live && rev < asked) this.feed.rewound = true;
    this.feed.snapshot(rev, answer.html);
  }
}
