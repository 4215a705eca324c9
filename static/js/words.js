// Every word our scripts show, in one place, whole sentences only, so that they can be translated.
export const words = {
  due: "DUE",
  late: "LATE",
  live: "Live",
  connecting: "Connecting",
  reconnecting: (attempt, seconds) =>
    seconds > 0 ? `Reconnecting, try ${attempt}, next in ${seconds} s` : `Reconnecting, try ${attempt}`,
  polling: "Refreshed every 3 s",
  lost: "Not live",
  withdrawn: "No access",
  pollingTitle: "Live link lost – board refreshed every 3 s.",
  pollingText: (since, next) => `No live link since ${since}. ${next}`,
  lostTitle: (since) => `Not live since ${since}. This board may be old.`,
  lostText: (next) => next,
  nextTry: (attempt, seconds) =>
    seconds > 0 ? `Trying again in ${seconds} s (try ${attempt}).` : `Trying now (try ${attempt}).`,
  withdrawnTitle: "This screen's access was withdrawn.",
  withdrawnText: "What it shows may be old. Ask a manager to pair it again.",
  refusedTitle: "The live link was refused.",
  refusedText: "Reload this screen to get it back.",
  unsent: (count) => (count === 1 ? "tap not shared yet" : "taps not shared yet"),
  more: (count) => `+${count} more`,
  earlier: (count) => `${count} before`,
  pageWord: (before, after) =>
    before && after
      ? `${before} earlier and ${after} later are on other pages`
      : before
        ? `${before} earlier on other pages`
        : `${after} more on other pages`,
  refused: "That was refused.",
  gone: "That ticket is no longer here.",
  notAllowed: "This screen may not do that.",
  tooOld: (count) => `${count} old taps could not be shared and were dropped. Check the tickets.`,
};
