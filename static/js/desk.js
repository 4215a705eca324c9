// Pages for people at a desk or a phone: nothing here must be live, but it says when it is old.
import { hms, tickTimers } from "./clock.js";
import { applyLook } from "./look.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const page = document.body;
let fresh = Date.now();

applyLook();

page.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  if (event.detail.verb !== "get") event.detail.headers["Content-Type"] = "application/json";
});

// Buttons that act say how it went, and the page around them is read again.
page.addEventListener("htmx:afterRequest", ({ detail, target }) => {
  if (detail.requestConfig.verb === "get") return sawPage(detail.successful);
  toast(detail.successful ? target.dataset.said || "" : said(detail.xhr));
  const poll = document.getElementById("poll");
  if (poll) window.htmx.trigger(poll, "refresh");
});

function said(xhr) {
  try {
    return JSON.parse(xhr.responseText).detail || words.failed;
  } catch {
    return words.failed;
  }
}

function sawPage(good) {
  if (good) fresh = Date.now();
  let sign = document.getElementById("stale");
  if (good && sign) sign.remove();
  if (good || Date.now() - fresh < 5000) return;
  if (!sign) {
    sign = document.createElement("p");
    sign.id = "stale";
    sign.className = "notice error stale";
    document.getElementById("main").prepend(sign);
  }
  sign.textContent = words.stale(hms(fresh));
}

page.addEventListener("htmx:afterSettle", tick);
function tick() {
  tickTimers(document, Date.now());
}
setInterval(tick, 1000);
tick();
