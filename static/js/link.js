// Says, always and in words, whether the board is live.
import { hms } from "./clock.js";
import { words } from "./words.js";

export class LinkSign {
  constructor(root, clock) {
    this.body = root;
    this.clock = clock;
    this.word = root.querySelector("[data-link-word]");
    this.more = root.querySelector("[data-link-more]");
    this.banner = root.querySelector(".banner");
    this.reload = this.banner.querySelector("a");
    this.reload.href = location.href;
  }

  show(state) {
    const [kind, word, more = ""] = this.sign(state);
    if (this.body.dataset.link !== kind) this.body.dataset.link = kind;
    write(this.word, word);
    write(this.more, more);
    this.tell(kind, state);
  }

  sign(state) {
    const trying = words.trying(state.attempt, state.retryIn);
    if (state.link === "withdrawn") return ["withdrawn", words.withdrawn];
    if (state.live) return ["live", words.live];
    if (state.link === "refused") return ["refused", words.lost];
    if (state.silent && state.polls === "ok") return ["polling", words.polling, trying];
    if (state.silent) return ["lost", words.lost, trying];
    if (state.link === "connecting") return ["connecting", words.connecting];
    return ["reconnecting", words.reconnecting, trying];
  }

  tell(kind, state) {
    const text = this.text(kind, state);
    this.banner.hidden = !text;
    if (!text) return;
    write(this.banner.querySelector("strong"), text[0]);
    write(this.banner.querySelector("span"), text[1]);
    this.reload.hidden = kind !== "withdrawn" && kind !== "refused";
  }

  text(kind, state) {
    const since = hms(this.clock.now() - state.since);
    const next = words.nextTry(state.attempt, state.retryIn);
    switch (kind) {
      case "withdrawn":
        return [words.withdrawnTitle, words.withdrawnText];
      case "refused":
        return [words.refusedTitle, words.refusedText];
      case "polling":
        return [words.pollingTitle, words.pollingText(since, next)];
      case "lost":
        return [words.lostTitle(since), words.lostText(next)];
    }
    return null;
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
