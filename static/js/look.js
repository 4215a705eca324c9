// The person's choice of light or dark and of text size, kept on this tablet.

const SIZES = ["", "l", "xl", "s"];

function read(name) {
  try {
    return localStorage.getItem(name) || "";
  } catch {
    return "";
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Then the choice lasts until the next load.
  }
}

export function applyLook() {
  const page = document.documentElement;
  const set = (name, value) => {
    if (value) page.dataset[name] = value;
    else delete page.dataset[name];
    keep(`kds.${name}`, value);
  };
  set("theme", read("kds.theme"));
  set("text", read("kds.text"));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (!button) return;
    if (button.dataset.look === "text") {
      set("text", SIZES[(SIZES.indexOf(page.dataset.text || "") + 1) % SIZES.length]);
    } else {
      const light = getComputedStyle(page).colorScheme.startsWith("light");
      set("theme", light ? "dark" : "light");
    }
    dispatchEvent(new Event("resize"));
  });
}
