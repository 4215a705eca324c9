// Every word our scripts show, in one place, whole sentences only, so that they can be translated.
export const words = {
  due: "DUE",
  late: "LATE",
  live: "Live",
  connecting: "Connecting",
  reconnecting: "Reconnecting",
  trying: (attempt, seconds) => (seconds > 0 ? `try ${attempt}, next in ${seconds} s` : `try ${attempt}, now`),
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
  hiddenLines: (count) => (count === 1 ? "1 more line, swipe sideways" : `${count} more lines, swipe sideways`),
  refused: "That was refused.",
  gone: "That ticket is no longer here.",
  notAllowed: "This screen may not do that.",
  tooOld: (count) => `${count} old taps could not be shared and were dropped. Check the tickets.`,
  add: "Add",
  change: "Change",
  upTo: (name, most) => `${name} (up to ${most})`,
  items: (count) => (count === 1 ? "item" : "items"),
  place: (sum) => (sum ? `Place order, ${sum}` : "Place order"),
  placing: "Placing…",
  goneDish: "No longer on the menu",
  noAnswer: "No answer yet. It is being sent again and will be placed only once. You can leave this page.",
  alreadyPlaced: "This order was placed already. Look at the expo before you send another.",
  signInAgain: "You may not place orders here. Sign in again.",
  seeLines: "See the marked lines.",
  stale: (since) => `This page has not been refreshed since ${since}.`,
  failed: "That did not work. Try again.",
};
