// The cards of a lane, and the order they stand in.

export function cardsOf(lane) {
  return [...lane.children].filter((child) => child.classList.contains("card"));
}

const sortOf = (card) => Number(card.dataset.sort) || 0;
const idOf = (card) => Number(card.id.slice(1)) || 0;

export const inOrder = (a, b) => sortOf(a) - sortOf(b) || idOf(a) - idOf(b);
