// Pages for people at a desk or a phone: nothing that must be live.
import { applyLook } from "./look.js";
import { tickTimers } from "./clock.js";

applyLook();

// htmx sends the same proof as our forms.
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

setInterval(() => tickTimers(document, Date.now()), 1000);
tickTimers(document, Date.now());
