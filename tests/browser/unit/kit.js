// What the unit tests stand on: naming, comparing, and a world whose time is in our hands.

export const collected = [];
let current = "";

export function setFile(file) {
  current = file;
}

export function test(name, run) {
  collected.push({ name: `${current}: ${name}`, run });
}

export function same(actual, expected, about = "") {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${about} expected ${e}, got ${a}`);
}

export function ok(value, about = "expected it to be true") {
  if (!value) throw new Error(about);
}

// Numbers that look random and are the same in every run.
export function dice(seed) {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

export class World {
  constructor({ random = () => 0.5 } = {}) {
    this.time = 1000;
    this.timers = [];
    this.sockets = [];
    this.requests = [];
    this.answer = () => Promise.reject(new TypeError("no network"));
    this.random = random;
    this.now = () => this.time;
    this.count = 0;
    this.later = (run, ms) => {
      this.timers.push({ id: ++this.count, at: this.time + ms, run });
      return this.count;
    };
    this.cancel = (id) => {
      this.timers = this.timers.filter((timer) => timer.id !== id);
    };
    this.socket = (url) => {
      const socket = new FakeSocket(url, this.time);
      this.sockets.push(socket);
      return socket;
    };
    this.fetch = (url, options = {}) => {
      this.requests.push({ url, at: this.time, options });
      return this.answer(url, options);
    };
  }

  get last() {
    return this.sockets[this.sockets.length - 1];
  }

  async advance(ms) {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = end;
  }

  // The tablet sleeps: time goes by and no timer runs.
  sleep(ms) {
    this.time += ms;
    for (const timer of this.timers) timer.at = Math.max(timer.at, this.time);
  }
}

export class FakeSocket {
  constructor(url, at) {
    Object.assign(this, { url, at, readyState: 1, sent: [], closed: false });
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
    this.readyState = 3;
  }
  say(frame) {
    if (this.onmessage) this.onmessage({ data: JSON.stringify(frame) });
  }
  end(code) {
    this.readyState = 3;
    if (this.onclose) this.onclose({ code });
  }
}

// Lets everything that has been promised already come true.
export async function settle() {
  for (let i = 0; i < 12; i += 1) await Promise.resolve();
}

export function response(status, { text = "", json = null, headers = {} } = {}) {
  return Promise.resolve({
    status,
    type: "basic",
    ok: status >= 200 && status < 300,
    headers: { get: (name) => headers[name] ?? null },
    text: () => Promise.resolve(json ? JSON.stringify(json) : text),
  });
}
