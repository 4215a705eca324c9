// Decides what each frame means for a board at a known revision. No sockets, no DOM.

const DOUBT_MS = 500; // how long a beat may disagree before the board is asked for afresh
const ASK_AGAIN_MS = 1500;
const HELD_MAX = 500;

export class Feed {
  // apply(frame) shows one change, replace(html, rev) a whole board, ask() requests one.
  constructor({ rev, apply, replace, ask, now, later }) {
    Object.assign(this, { rev, apply, replace, ask, now, later });
    this.held = new Map();
    this.beatRev = rev;
    this.revAtBeat = 0;
    this.rewound = false;
    this.askedAt = -Infinity;
    this.doubting = false;
  }

  take(frame) {
    switch (frame.type) {
      case "orders_update":
        return this.snapshot(frame.rev, frame.html);
      case "order_update":
      case "alarms_update":
        return this.event(frame);
      case "beat":
        return this.beat(frame.rev);
      case "resync":
        return this.request(true);
    }
  }

  event(frame) {
    if (frame.rev <= this.rev) return;
    this.held.set(frame.rev, frame);
    this.drain();
    if (!this.held.size) return;
    if (this.held.size > HELD_MAX) this.held.clear();
    this.request();
  }

  drain() {
    for (let frame; (frame = this.held.get(this.rev + 1)); ) {
      this.held.delete(frame.rev);
      this.rev = frame.rev;
      this.apply(frame);
    }
  }

  // A snapshot older than what is shown is no news, unless the server's count itself went back.
  snapshot(rev, html) {
    if (rev < this.rev && !this.rewound) return false;
    this.rewound = false;
    this.askedAt = -Infinity;
    this.rev = rev;
    this.replace(html, rev);
    for (const held of [...this.held.keys()]) if (held <= rev) this.held.delete(held);
    this.drain();
    return true;
  }

  // Nothing newer than `rev` exists at the server: a poll was answered with 204.
  unchanged() {
    this.askedAt = -Infinity;
  }

  beat(rev) {
    this.beatRev = rev;
    // The database says less than we already had one beat ago: it was restored or begun anew.
    this.rewound = rev < this.revAtBeat;
    this.revAtBeat = this.rev;
    if (rev === this.rev || this.doubting) return;
    this.doubting = true;
    this.later(() => {
      this.doubting = false;
      if (this.rev < this.beatRev || this.rewound) this.request();
    }, DOUBT_MS);
  }

  request(force = false) {
    if (!force && this.now() - this.askedAt < ASK_AGAIN_MS) return;
    this.askedAt = this.now();
    this.ask();
  }
}
