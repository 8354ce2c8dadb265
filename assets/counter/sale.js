/* The bill on the screen: points to spend by slider or figure, sold once, kept for later where the network fails. */

import htmx from "htmx.org";

import { read } from "./amounts.js";
import { told, words } from "./desk.js";
import { keep } from "./queue.js";

const sale = () => document.getElementById("sale");
const again = (field) => htmx.trigger(field, "counter:again");

/* What the preview allows sets the slider. */
function limits() {
  const preview = document.querySelector("#preview [data-spendable]");
  const spend = document.getElementById("spend");
  if (!spend) return;
  const most = Number(preview?.dataset.spendable ?? 0);
  spend.hidden = most === 0;
  const slide = document.getElementById("slide");
  slide.max = most;
  slide.step = preview?.dataset.step ?? 1;
  const points = document.getElementById("points");
  if (preview && document.activeElement !== points) points.value = preview.dataset.points;
  slide.value = points.value;
}

export function startSale() {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (["preview", "stage"].includes(event.detail.target.id)) limits();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "slide") document.getElementById("points").value = event.target.value;
    if (event.target.id === "points") document.getElementById("slide").value = event.target.value;
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "slide") again(document.getElementById("points"));
    if (event.target.matches?.("[data-again]")) again(document.getElementById("amount"));
  });
  addEventListener("counter:most", () => {
    const points = document.getElementById("points");
    const slide = document.getElementById("slide");
    if (!points || Number(slide.max) === 0) return;
    points.value = slide.max;
    slide.value = slide.max;
    again(points);
  });
  // sold: the bill is closed, and a second Enter cannot send it again
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "answer" || !event.detail.target.querySelector("[data-sold]")) return;
    const answer = event.detail.target.querySelector("[data-sold]");
    sale().replaceWith(answer);
    answer.scrollIntoView({ block: "center" });
    const search = document.getElementById("q");
    search.value = "";
    search.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt?.id === "sale") keepSale();
  });
}

/* The network went while the key was pressed: nobody knows whether the bill arrived. The same bill is sent later. */
function keepSale() {
  const form = new FormData(sale());
  const amount = read(form.get("amount") ?? "").amount;
  const answer = document.getElementById("answer");
  if (amount === undefined || Number(form.get("points") ?? 0) > 0 || form.get("voucher")) {
    answer.textContent = words("Off");
    return;
  }
  const receipt = form.get("receipt") || form.get("own_receipt");
  keep({ receipt, member: form.get("member") ?? "", amount, at: form.get("occurred_at") });
}

export const practising = () => told("practice") === "1";
