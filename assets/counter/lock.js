/* The curtain: drawn by a key, by minutes without a touch, and when the server says that nobody sits here any more.
   What was half typed stays behind it for whoever comes back with the same name. */

import { desk, send, told } from "./desk.js";

const PING = 60_000;
let touched = Date.now();
let pinged = Date.now();

export function lock({ tell = true } = {}) {
  const curtain = document.getElementById("lock");
  if (!curtain || curtain.open) return;
  if (tell) send(told("lock")).catch(() => {});
  document.querySelectorAll("dialog[open]").forEach((one) => one.close());
  curtain.showModal();
  curtain.querySelector("[name=pin]")?.focus();
}

export function startLocking() {
  if (!desk()?.dataset.idle) return;
  const patience = Number(told("idle")) * 60_000;
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => (touched = Date.now()), { passive: true });
  setInterval(() => {
    const now = Date.now();
    if (now - touched >= patience) lock();
    else if (touched > pinged && now - pinged > PING) {
      pinged = now;
      fetch(told("here"), { headers: { "HX-Request": "true" } }).then((answer) => answer.status === 401 && lock({ tell: false })).catch(() => {});
    }
  }, 1000);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 404 && event.detail.serverResponse.includes("data-refused")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    if (event.detail.xhr.status !== 401) return;
    event.detail.shouldSwap = false;
    if (event.detail.xhr.getResponseHeader("X-Counter") === "device_unknown") location.assign(told("home"));
    else lock({ tell: false });
  });
  document.addEventListener("counter:unlocked", () => {
    touched = pinged = Date.now();
    const curtain = document.getElementById("lock");
    curtain.querySelector("form").reset();
    curtain.querySelector(".alert")?.remove();
    curtain.close();
    dispatchEvent(new Event("counter:back"));
  });
  // the curtain does not open to a key
  document.getElementById("lock")?.addEventListener("cancel", (event) => event.preventDefault());
}

/* The pad of ten digits, for screens without a keyboard. */
export function startPad() {
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-digit]");
    if (!key) return;
    const pin = key.form.elements.pin;
    pin.value = key.dataset.digit ? (pin.value + key.dataset.digit).slice(0, 6) : "";
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[name=person]")) event.target.form.elements.pin?.focus();
  });
}
