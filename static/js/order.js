// The order page: a basket that survives a reload and is placed exactly once.
import { uuid } from "./uuid.js";
import { words } from "./words.js";

const STORE = "kds.basket";
const RETRY_MS = 3000;

const $ = (selector) => document.querySelector(selector);
const page = $("#order");
const sheet = $("#sheet");
const placed = $("#placed");
const dishes = new Map();
for (const group of JSON.parse($("#menu-data").textContent)) {
  for (const dish of group.items) dishes.set(dish.id, dish);
}

const empty = () => ({ key: uuid(), fields: {}, lines: [], sent: null });
let basket = load();
let choosing = null;

function load() {
  try {
    return { ...empty(), ...JSON.parse(localStorage.getItem(STORE) || "{}") };
  } catch {
    return empty();
  }
}

function save() {
  try {
    localStorage.setItem(STORE, JSON.stringify(basket));
  } catch {
    // Then a reload empties the basket; placing it still works.
  }
  paint();
}

// ---- choosing a dish ----

function tap(dish) {
  if (dish.options.length) return open(dish);
  add({ id: dish.id, quantity: 1, modifiers: [], notes: "", allergens: [] });
}

function open(dish, line = null) {
  choosing = { dish, line };
  $("#sheet-name").textContent = dish.name;
  const contains = $("#sheet-allergens");
  contains.hidden = !dish.allergens.length;
  contains.querySelector("span").textContent = dish.allergens.join(", ");
  $("#sheet-options").replaceChildren(...dish.options.map((option, i) => optionBox(option, i, line)));
  const form = sheet.querySelector("form");
  form.elements.notes.value = line ? line.notes : "";
  form.elements.allergy.value = line ? line.allergens.join(", ") : "";
  $("#sheet-qty").value = line ? line.quantity : 1;
  $("#sheet-add").textContent = line ? words.change : words.add;
  sheet.returnValue = "";
  sheet.showModal();
}

function optionBox(option, index, line) {
  const box = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = option.max > 1 ? words.upTo(option.name, option.max) : option.name;
  box.append(legend);
  for (const choice of option.choices) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const text = document.createElement("span");
    input.type = option.max > 1 ? "checkbox" : "radio";
    input.name = `option-${index}`;
    input.value = choice;
    input.checked = Boolean(line && line.modifiers.includes(choice));
    text.textContent = choice;
    label.append(input, text);
    box.append(label);
  }
  if (option.max > 1) box.addEventListener("change", () => limit(box, option.max));
  return box;
}

function limit(box, most) {
  const full = box.querySelectorAll("input:checked").length >= most;
  for (const input of box.querySelectorAll("input")) input.disabled = full && !input.checked;
}

function chosen() {
  const form = sheet.querySelector("form");
  return {
    id: choosing.dish.id,
    quantity: Number($("#sheet-qty").value),
    modifiers: [...sheet.querySelectorAll("#sheet-options input:checked")].map((input) => input.value),
    notes: form.elements.notes.value.trim(),
    allergens: form.elements.allergy.value
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean),
  };
}

const alike = (a, b) =>
  JSON.stringify([a.id, a.modifiers, a.notes, a.allergens]) ===
  JSON.stringify([b.id, b.modifiers, b.notes, b.allergens]);

function add(line) {
  if (basket.sent) return;
  const same = basket.lines.find((other) => alike(other, line));
  if (same) same.quantity += line.quantity;
  else basket.lines.push(line);
  save();
}

sheet.addEventListener("close", () => {
  if (sheet.returnValue !== "add" || basket.sent) return;
  const line = chosen();
  if (choosing.line) Object.assign(choosing.line, line);
  else return add(line);
  save();
});

sheet.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  const output = $("#sheet-qty");
  if (step) output.value = Math.min(999, Math.max(1, Number(output.value) + Number(step.dataset.step)));
  if (event.target === sheet) sheet.close("cancel");
});

// ---- showing the basket ----

const cents = (price) => Math.round(Number(price) * 100) || 0;
const money = (sum) => (sum / 100).toFixed(2);

function paint() {
  const count = basket.lines.reduce((sum, line) => sum + line.quantity, 0);
  const sum = basket.lines.reduce((all, line) => all + line.quantity * cents(priceOf(line)), 0);
  $("#lines").replaceChildren(...basket.lines.map(lineRow));
  $("#nothing").hidden = count > 0;
  $("#bar-count").textContent = count;
  $("#bar-word").textContent = words.items(count);
  $("#bar-total").textContent = count ? money(sum) : "";
  for (const button of document.querySelectorAll('[data-basket="place"]')) {
    button.disabled = count === 0;
    button.textContent = basket.sent ? words.placing : words.place(count ? money(sum) : "");
  }
  page.classList.toggle("is-sending", Boolean(basket.sent));
  for (const button of document.querySelectorAll("[data-dish]")) {
    const badge = button.querySelector(".dish-count");
    const id = Number(button.dataset.dish);
    const mine = basket.lines.filter((line) => line.id === id);
    badge.textContent = mine.reduce((all, line) => all + line.quantity, 0);
    badge.hidden = !mine.length;
  }
}

const priceOf = (line) => (dishes.has(line.id) ? dishes.get(line.id).price : 0);

function lineRow(line, index) {
  const row = $("#line").content.cloneNode(true).firstElementChild;
  row.dataset.index = index;
  row.querySelector(".line-what > b").textContent = dishes.has(line.id) ? dishes.get(line.id).name : words.goneDish;
  row.querySelector(".line-mods").textContent = [...line.modifiers, line.notes].filter(Boolean).join(", ");
  const allergy = row.querySelector(".allergy");
  allergy.hidden = !line.allergens.length;
  allergy.querySelector("span").textContent = line.allergens.join(", ");
  row.querySelector("output").textContent = line.quantity;
  return row;
}

$("#lines").addEventListener("click", (event) => {
  if (basket.sent) return;
  const line = basket.lines[Number(event.target.closest(".line").dataset.index)];
  const step = event.target.closest("[data-line]");
  if (step) {
    line.quantity = Math.min(999, line.quantity + Number(step.dataset.line));
    basket.lines = basket.lines.filter((other) => other.quantity > 0);
    save();
  } else if (event.target.closest(".line-what") && dishes.has(line.id)) {
    open(dishes.get(line.id), line);
  }
});

// ---- placing it ----

function order() {
  const { order_type = "dine_in", table = "", customer_name = "", guests = "", notes = "", rush } = basket.fields;
  const body = {
    location: page.dataset.location,
    order_type,
    table: order_type === "dine_in" ? table.trim() : "",
    customer_name: customer_name.trim(),
    notes: notes.trim(),
    priority: rush ? "rush" : "normal",
    items: basket.lines.map((line) => item(line)),
  };
  if (page.dataset.brand) body.brand = page.dataset.brand;
  if (Number(guests) > 0 && order_type === "dine_in") body.guests = Number(guests);
  return body;
}

function item(line) {
  const dish = dishes.get(line.id) || {};
  return {
    name: dish.name || words.goneDish,
    quantity: line.quantity,
    station_code: dish.station_code || "",
    modifiers: line.modifiers,
    notes: line.notes,
    allergens: line.allergens,
    unit_price: String(dish.price ?? "0"),
    menu_item: line.id,
  };
}

// What was sent stays as it was until an answer came: the same key with the same order can be
// sent as often as it takes and is placed once.
async function place() {
  if (!basket.lines.length) return;
  if (basket.sent && page.dataset.busy) return;
  basket.sent = basket.sent || order();
  page.dataset.busy = "1";
  refusal([]);
  save();
  let response = null;
  let said = {};
  try {
    response = await fetch("/api/orders/", {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        "Idempotency-Key": basket.key,
        "X-CSRFToken": $('meta[name="csrf-token"]').content,
      },
      body: JSON.stringify(basket.sent),
    });
    said = await response.json().catch(() => ({}));
  } catch {
    response = null;
  }
  delete page.dataset.busy;
  if (!response || response.status >= 500) return again();
  if (response.ok) return done(said);
  refused(response.status, said);
}

function again() {
  refusal([words.noAnswer]);
  setTimeout(place, RETRY_MS);
}

function done(said) {
  basket = empty();
  for (const field of page.querySelectorAll("input:not([type=radio])")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
  page.classList.remove("is-open");
  save();
  $("#placed-number").textContent = said.number;
  $("#placed-tickets").replaceChildren(...(said.tickets || []).map(ticketLink));
  const first = (said.tickets || [])[0];
  $("#placed-log").href = `${page.dataset.here}/operations/log/${first ? `?ticket=${first.id}` : ""}`;
  placed.showModal();
}

function ticketLink(ticket) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  const dish = [...dishes.values()].find((other) => other.station_code === ticket.station_code);
  link.href = `${page.dataset.here}/operations/stations/${ticket.station_code}/`;
  link.textContent = dish ? dish.station_name : ticket.station_code;
  const count = (ticket.items || []).reduce((sum, one) => sum + one.quantity, 0);
  row.append(link, ` ${count} ${words.items(count)}`);
  return row;
}

function refused(status, said) {
  basket.sent = null;
  basket.key = uuid();
  save();
  if (status === 409) return refusal([said.detail || words.alreadyPlaced]);
  if (status === 401 || status === 403) return refusal([words.signInAgain]);
  const faults = said.errors || [];
  const general = [];
  for (const fault of faults) {
    const found = /^items\[(\d+)\]/.exec(fault.path || "");
    const row = found && page.querySelector(`.line[data-index="${found[1]}"] .line-fault`);
    if (row) {
      row.hidden = false;
      row.textContent = fault.message;
    } else general.push(fault.path ? `${fault.path}: ${fault.message}` : fault.message);
  }
  if (!faults.length) general.push(said.detail || said.title || words.refused);
  refusal(general.length ? general : [words.seeLines]);
  page.classList.add("is-open");
}

function refusal(texts) {
  const box = $("#refusal");
  box.hidden = !texts.length;
  box.replaceChildren(
    ...texts.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }),
  );
}

// ---- joining it up ----

function readFields() {
  for (const field of page.querySelectorAll("input[name]")) {
    if (field.type === "radio") {
      if (field.checked) basket.fields[field.name] = field.value;
    } else basket.fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  page.dataset.kind = basket.fields.order_type;
}

function writeFields() {
  for (const field of page.querySelectorAll("input[name]")) {
    const value = basket.fields[field.name];
    if (value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
  readFields();
}

page.addEventListener("input", () => {
  readFields();
  if (!basket.sent) save();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.dish) tap(dishes.get(Number(button.dataset.dish)));
  if (button.dataset.basket === "place") place();
  if (button.dataset.basket === "open") page.classList.toggle("is-open");
  if (button.dataset.basket === "close") page.classList.remove("is-open");
});

writeFields();
paint();
if (basket.sent) place();
