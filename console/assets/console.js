// Everything here is an extra: the pages work without it.
"use strict";

const root = document.body.dataset.root;
const main = document.getElementById("content");
const says = document.getElementById("says");
const say = (text) => { if (says) says.textContent = text; };

// Times stay true while a page is open.
function ago(seconds) {
  if (seconds < -1) return "in " + span(-seconds);
  return seconds < 1 ? "just now" : span(seconds) + " ago";
}
function span(s) {
  if (s < 120) return Math.floor(s) + " s";
  if (s < 7200) return Math.floor(s / 60) + " min";
  return s < 172800 ? Math.floor(s / 3600) + " h" : Math.floor(s / 86400) + " days";
}
// The server's clock counts: the page says what it was.
const skew = () => Date.parse(document.querySelector("footer time").dateTime) - loadedAt;
let loadedAt = Date.now();
function tick() {
  const now = Date.now() + skew();
  for (const t of document.querySelectorAll("time[data-ago]")) {
    t.textContent = ago((now - Date.parse(t.dateTime)) / 1000);
  }
}
setInterval(tick, 5000);

// Loading again replaces the content in place; what was focused, and opened, stays so.
let loading = false;
async function load() {
  if (loading) return;
  loading = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (main.contains(document.activeElement) && /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    const focused = document.activeElement?.getAttribute("href");
    const opened = [...main.querySelectorAll("details[id][open]")].map((d) => d.id);
    const content = fresh.getElementById("content");
    main.dataset.state = content.dataset.state ?? "";
    main.replaceChildren(...content.childNodes);
    document.querySelector("footer").replaceChildren(...fresh.querySelector("footer").childNodes);
    loadedAt = Date.now();
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (focused) [...main.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === focused)?.focus();
  } catch {
    say("The page could not be loaded again.");
  } finally {
    loading = false;
  }
}

// Live: one stream, closed while the tab is hidden or paused. Where streams do not work, ask now and then.
const button = document.getElementById("live");
const isLivePage = main.hasAttribute("data-live") && !new URLSearchParams(location.search).has("before");
let paused = false, stream, poll;
function start() {
  if (!isLivePage || paused || document.hidden || stream || poll) return;
  stream = new EventSource(root + "live");
  stream.addEventListener("state", (e) => { if (e.data !== main.dataset.state) load(); });
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it comes back by itself
    stream = undefined;
    poll = setInterval(load, 10000);
  };
}
function stop() {
  stream?.close();
  clearInterval(poll);
  stream = poll = undefined;
}
function pause(on) {
  paused = on;
  button.setAttribute("aria-pressed", String(!on));
  button.textContent = on ? "Paused" : "Live";
  if (on) { stop(); } else { load(); start(); }
}
if (isLivePage && button) {
  button.hidden = false;
  button.addEventListener("click", () => pause(!paused));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stop(); } else if (!paused) { load(); start(); }
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", start);
  start();
}

// Keys.
const help = document.getElementById("help");
const keys = document.getElementById("keys");
if (keys) { keys.hidden = false; keys.addEventListener("click", () => help.showModal()); }
function move(by) {
  const rows = [...main.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  next.focus();
  next.closest("tr, li")?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || help.open || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
  switch (e.key) {
    case "j": move(1); break;
    case "k": move(-1); break;
    case "r": if (paused) { pause(false); } else if (isLivePage) { load(); } else { location.reload(); } break;
    case "p": if (isLivePage && button && !paused) pause(true); break;
    case "/": document.getElementById("search")?.focus(); break;
    case "?": help.showModal(); break;
    default: return;
  }
  e.preventDefault();
});

// Copying.
document.addEventListener("click", async (e) => {
  const copy = e.target.closest("[data-copy]");
  if (!copy) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent);
    say("Copied.");
    copy.textContent = "Copied";
  } catch {
    say("The browser does not allow copying here. Select the text instead.");
  }
});
for (const b of document.querySelectorAll("[data-copy]")) b.hidden = false;

// What is done in slices goes on by itself, until somebody stops it.
const goOn = document.querySelector("form[data-goes-on]");
const halt = document.getElementById("halt");
if (goOn) {
  const timer = setTimeout(() => goOn.submit(), 400);
  if (halt) {
    halt.hidden = false;
    halt.addEventListener("click", () => { clearTimeout(timer); halt.hidden = true; say("Stopped."); });
  }
}
