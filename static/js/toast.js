// Short words to the person, large, gone by themselves.

const SHOWN_MS = 6000;

export function toast(text) {
  const box = document.querySelector(".toasts");
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  box.append(note);
  while (box.children.length > 3) box.firstElementChild.remove();
  setTimeout(() => note.remove(), SHOWN_MS);
}
