// Short, calm movement of cards around a change of the board; none where the person wants none.

const MOVE = { duration: 220, easing: "cubic-bezier(.2,.7,.2,1)" };
const ENTER = { duration: 180, easing: "ease-out" };
const LEAVE = { duration: 160, easing: "ease-in" };
const MOST = 80;

const still = matchMedia("(prefers-reduced-motion: reduce)");

function places(root) {
  const found = new Map();
  for (const card of root.querySelectorAll(".card")) {
    const box = card.getBoundingClientRect();
    if (box.width && box.right > 0 && box.left < innerWidth) found.set(card.id, { card, box });
  }
  return found;
}

// Runs `change`, then lets cards glide to where it put them. Cards that slid under a finger
// because of somebody else's change carry the time of it, so that a tap on them can be doubted.
export function glide(root, change, { foreign = false } = {}) {
  const quiet = still.matches || document.hidden || !root.animate;
  const before = places(root);
  change();
  const board = root.isConnected ? root : document.getElementById(root.id);
  const after = places(board);
  for (const [id, { card, box }] of after) {
    const was = before.get(id);
    const dx = was ? was.box.left - box.left : 0;
    const dy = was ? was.box.top - box.top : 0;
    if (was && !dx && !dy) continue;
    if (foreign) card.movedAt = performance.now();
    if (quiet || after.size > MOST) continue;
    if (was) card.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], MOVE);
    else card.animate([{ opacity: 0, transform: "translateY(12px)" }, { opacity: 1, transform: "none" }], ENTER);
  }
  if (quiet) return;
  for (const [id, was] of before) if (!document.getElementById(id)) leave(was);
}

function leave({ card, box }) {
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  ghost.classList.add("ghost");
  Object.assign(ghost.style, {
    insetInlineStart: "auto",
    left: `${box.left}px`,
    top: `${box.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
  });
  document.body.append(ghost);
  const fade = ghost.animate([{ opacity: 0.7 }, { opacity: 0, transform: "scale(.97)" }], LEAVE);
  fade.onfinish = fade.oncancel = () => ghost.remove();
}
