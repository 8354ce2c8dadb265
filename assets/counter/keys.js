/* The whole counter by keyboard: Enter does the obvious thing, Esc goes back to the search, F keys the rest. */

import htmx from "htmx.org";

import { lock } from "./lock.js";

const search = () => document.getElementById("q");
const stage = () => document.getElementById("stage");

export function next() {
  const field = search();
  if (!field) return;
  field.value = "";
  htmx.ajax("POST", document.getElementById("search").getAttribute("hx-post"), { target: "#stage", values: { q: "" } });
  field.focus();
}

const ACTIONS = {
  lock: () => lock(),
  next,
  keys: () => document.getElementById("keys").showModal(),
  most: () => dispatchEvent(new Event("counter:most")),
};

function pressed(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    const menu = document.getElementById("menu");
    if (menu?.open) menu.open = false;
    else next();
    event.preventDefault();
  } else if (event.key === "F2") {
    search()?.focus();
    search()?.select();
    event.preventDefault();
  } else if (event.key === "?" && !event.target.closest("input, textarea")) {
    ACTIONS.keys();
  } else if (/^F\d+$/.test(event.key)) {
    const button = [...document.querySelectorAll(`[data-key="${event.key}"]`)].find((one) => !one.disabled);
    if (!button) return;
    event.preventDefault();
    button.click();
  } else if (["ArrowDown", "ArrowUp"].includes(event.key)) arrow(event);
}

/* Up and down in a list of people; from the search field down into it. */
function arrow(event) {
  const choices = [...document.querySelectorAll("[data-arrows] button")];
  const here = choices.indexOf(document.activeElement);
  if (!choices.length || (here < 0 && event.target !== search())) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const there = here + step;
  (there < 0 ? search() : choices[Math.min(there, choices.length - 1)]).focus();
}

export function startKeys() {
  if (!search()) return;
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    const action = event.target.closest("[data-do]");
    if (action && ACTIONS[action.dataset.do]) {
      document.getElementById("menu").open = false;
      ACTIONS[action.dataset.do]();
    }
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      search().value = fill.dataset.fill;
      document.getElementById("search").requestSubmit();
    }
    const menu = document.getElementById("menu");
    if (menu.open && (!event.target.closest("#menu") || event.target.closest("[hx-get]"))) menu.open = false;
  });
  // focus follows what came: the next thing to type
  document.addEventListener("htmx:afterSettle", (event) => {
    const where = event.detail.target;
    if (where.id !== "stage" && !where.closest?.("#stage, #lock")) return;
    if (where.id === "preview") return;
    const wanted = where.querySelector?.("[data-focus]") ?? where.closest?.("form")?.querySelector?.("[data-focus]");
    if (wanted && (where.id === "stage" || where.querySelector?.("[data-not-sold]") || where.closest?.("#lock"))) {
      wanted.focus();
      wanted.select?.();
    }
  });
  if (stage().querySelector("[data-focus]")) stage().querySelector("[data-focus]").focus();
}
