/* Bills keyed without a network. Each keeps its receipt number and moment, so that however often it is sent it is
   booked once. IndexedDB outlives the browser; a bill leaves it only when the server has said what became of it. */

import { money, read } from "./amounts.js";
import { say } from "../shared/start.js";
import { desk, send, told, words } from "./desk.js";

const IDENTITY = "counter-desk";
const AGAIN = 5_000;
let opened;
let sending = false;

function store() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("counter", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("bills", { keyPath: "receipt" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function bills(mode, act) {
  const base = await store();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction("bills", mode);
    const request = act(transaction.objectStore("bills"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
  });
}

const all = () => bills("readonly", (shelf) => shelf.getAll());
const put = (bill) => bills("readwrite", (shelf) => shelf.put(bill));
const remove = (receipt) => bills("readwrite", (shelf) => shelf.delete(receipt));

/* Device and person of the last page that had a network: numbers, no names. */
export function identity() {
  if (told("person")) return { device: Number(told("device")), person: Number(told("person")), practice: told("practice") };
  return JSON.parse(localStorage.getItem(IDENTITY) ?? "null");
}

function newReceipt(device) {
  const random = crypto.getRandomValues(new Uint32Array(1))[0].toString(36).padStart(7, "0");
  return `D${device}-${Date.now().toString(36)}${random}`.toUpperCase();
}

export async function keep({ receipt, member, amount, at }) {
  const who = identity();
  if (!who) return false;
  const bill = { receipt: receipt || newReceipt(who.device), member, amount, at: at || new Date().toISOString(), ...who };
  await put(bill);
  const said = document.getElementById("away-kept");
  said.textContent = words("Kept", { amount: money(amount) });
  said.hidden = false;
  show(true);
  await draw();
  return true;
}

/* --- the form for when there is no network --- */

function wrong(text) {
  const line = document.getElementById("away-wrong");
  line.textContent = text;
  line.hidden = !text;
}

async function keyed(event) {
  event.preventDefault();
  const form = event.target;
  const amount = read(form.elements.amount.value);
  if (amount.amount === undefined) {
    const [one, other] = (amount.either ?? []).map(money);
    wrong(one ? words("Either", { one, other }) : words("Unclear"));
    form.elements.amount.focus();
    return;
  }
  const done = await keep({
    receipt: form.elements.receipt.value.trim(),
    member: form.elements.member.value.trim(),
    amount: amount.amount,
  });
  wrong(done ? "" : words("SignIn"));
  if (!done) return;
  form.reset();
  form.elements.member.focus();
}

/* --- sending --- */

export async function sendAll() {
  if (sending || !navigator.onLine) return;
  sending = true;
  let sent = 0;
  try {
    for (const bill of await all()) {
      if (bill.state === "conflict" || bill.state === "refused" || !mine(bill)) continue;
      const state = await sendOne(bill);
      if (state === "stop") break;
      if (state === "sent") sent += 1;
    }
  } finally {
    sending = false;
  }
  await draw();
  if (sent) say(words("Sent", { n: sent }));
}

const mine = (bill) => {
  const who = identity();
  return Boolean(who) && bill.device === who.device && (bill.person === who.person || told("manager") === "1") && (bill.practice ?? "") === (who.practice ?? "");
};

async function sendOne(bill, extra = {}) {
  let answer;
  try {
    answer = await send(told("queue"), JSON.stringify({ ...bill, ...extra }), "application/json");
  } catch {
    return "stop"; // no network after all: everything stays where it is
  }
  if (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500) return "stop";
  const said = await answer.json();
  if (answer.ok) {
    await remove(bill.receipt);
    return "sent";
  }
  await put({ ...bill, ...extra, state: said.state, code: said.code ?? "", text: said.text, booked: said.booked, mine: said.keyed });
  return said.state;
}

/* --- what waits, and what has to be decided --- */

export async function draw() {
  const box = document.getElementById("waiting");
  if (!box) return;
  const kept = await all();
  box.hidden = kept.length === 0;
  document.getElementById("waiting-words").textContent = words("Waiting", { n: kept.length });
  document.getElementById("waiting-list").replaceChildren(...kept.map(row));
}

function row(bill) {
  const item = document.createElement("li");
  item.className = "waiting-bill";
  const head = document.createElement("span");
  const number = bill.receipt.startsWith(`D${bill.device}-`) ? [] : [bill.receipt]; // the till's, not one of our own making
  const whose = bill.member ? hidden(bill.member) : words("GuestBill");
  head.textContent = [new Date(bill.at).toTimeString().slice(0, 5), ...number, whose, money(bill.amount)].join(" · ");
  item.append(head);
  const text = bill.text || (mine(bill) ? "" : words("Others"));
  if (text) {
    const line = document.createElement("span");
    line.className = "waiting-text";
    line.textContent = text;
    item.append(line);
  }
  if (bill.state === "conflict") {
    item.append(button(words("KeepBooked", { amount: bill.booked }), () => remove(bill.receipt)));
    item.append(button(words("KeepMine", { amount: bill.mine }), () => decide(bill, { instead: true })));
  } else if (bill.state === "refused") {
    if (bill.code === "member_unknown") item.append(button(words("Guest"), () => decide(bill, { guest: true })));
    item.append(button(words("Again"), () => decide(bill)), button(words("Drop"), () => remove(bill.receipt)));
  }
  return item;
}

/* What a button asks for is answered aloud: sent, or not sent and still here. What is refused says why in its row. */
async function decide(bill, extra) {
  const state = await sendOne(bill, extra);
  if (state === "sent") say(words("Sent", { n: 1 }));
  if (state === "stop") say(words("Off"), "error");
}

/* a number that stood on the screen long enough */
const hidden = (member) => (/^[0-9a-f-]{36}$/.test(member) ? "•••" : member.length > 7 ? `${member.slice(0, 3)}•••${member.slice(-4)}` : member);

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = text;
  made.addEventListener("click", async () => {
    made.disabled = true;
    await act();
    await draw();
    focusOn(document.querySelector("#waiting-list button"));
  });
  return made;
}

/* the button that was pressed is gone: the next question, or where the next bill is keyed */
function focusOn(button) {
  const field = [button, document.getElementById("q"), document.getElementById("away-member")];
  field.find((one) => one?.offsetParent)?.focus();
}

function show(away) {
  const panel = document.getElementById("away-panel");
  if (!panel) return;
  panel.hidden = !away;
  for (const id of ["search", "stage"]) document.getElementById(id).hidden = away;
  if (away) document.getElementById("away-member").focus();
  else document.getElementById("q").focus();
}

/* A network that is back may fail once more: nobody has to press anything for what still waits. */
async function tryAgain() {
  if (!navigator.onLine || sending) return;
  if (!told("offline")) {
    const waits = (await all()).some((bill) => !bill.state && mine(bill));
    if (waits) await sendAll();
    return;
  }
  const typing = [...document.querySelectorAll("#away input")].some((field) => field.value);
  if (typing) return;
  const home = await fetch(told("home"), { cache: "no-store" }).catch(() => null);
  if (home?.ok) location.assign(told("home"));
}

export function startQueue() {
  if (!desk()) return;
  if (told("person")) localStorage.setItem(IDENTITY, JSON.stringify(identity()));
  document.getElementById("away")?.addEventListener("submit", keyed);
  addEventListener("offline", () => show(true));
  addEventListener("online", () => {
    show(false);
    if (told("offline")) location.assign(told("home"));
    else sendAll();
  });
  addEventListener("counter:back", sendAll);
  document.addEventListener("click", (event) => event.target.closest("[data-do=send]") && sendAll());
  document.addEventListener("htmx:sendError", () => show(true));
  setInterval(tryAgain, AGAIN);
  if (!navigator.onLine) show(true);
  draw().then(() => (told("offline") ? null : sendAll()));
  if ("serviceWorker" in navigator && told("worker")) navigator.serviceWorker.register(told("worker"), { scope: told("home") }).catch(() => {});
}
