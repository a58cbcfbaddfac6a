// Keeps a page up to date: when the daemon says that something happened, the page is
// asked for again and the parts marked data-live that differ are put in place. Without
// it the page is whole, as of when it was loaded.
"use strict";

const between = 2000;  // ms from one renewal to the next, at least
const often = 15000;   // ms after which ages have changed enough without any event

let renewing = false, wanted = false, renewed = Date.now();
let source = null;

function say(text, state) {
  const live = document.getElementById("live");
  if (live) {
    live.textContent = text;
    live.className = "live " + state;
  }
}

// put replaces what differs, but not under somebody's cursor, and keeps the place to
// which a wide table is scrolled.
function put(fresh) {
  for (const next of fresh.querySelectorAll("[data-live]")) {
    const now = document.getElementById(next.id);
    if (!now || now.innerHTML === next.innerHTML && now.hidden === next.hidden) continue;
    if (now.contains(document.activeElement)) continue;
    const left = [...now.querySelectorAll(".scroll")].map((s) => s.scrollLeft);
    const place = document.importNode(next, true);
    now.replaceWith(place);
    place.querySelectorAll(".scroll").forEach((s, i) => { s.scrollLeft = left[i] || 0; });
  }
}

async function renew() {
  if (renewing || document.hidden || Date.now() - renewed < between) {
    wanted = true;
    return;
  }
  renewing = true;
  wanted = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    heard();
  } catch {
    say("the daemon does not answer", "off");
  } finally {
    renewing = false;
    renewed = Date.now();
  }
}

function heard() {
  const live = source && source.readyState === EventSource.OPEN;
  say(live ? "live" : "every 15 s", live ? "on" : "off");
}

function showBudget(budget) {
  budget.limits.forEach((limit, i) => {
    for (const place of document.querySelectorAll(`[data-budget="${i}"]`)) {
      if (place.tagName === "METER") place.value = limit.used;
      else place.textContent = limit.used;
    }
  });
}

function watch() {
  source = new EventSource("api/v1/events");
  source.addEventListener("budget", (e) => {
    showBudget(JSON.parse(e.data));
    if (wanted) renew();
    else heard();
  });
  for (const kind of ["job", "pause", "reload", "source"]) source.addEventListener(kind, renew);
  source.onopen = heard;
  source.onerror = heard; // the browser connects again by itself
}

// The token is for this tab: it is not sent unless somebody presses a button.
function keepToken() {
  const field = document.getElementById("token");
  if (!field) return;
  field.value = sessionStorage.getItem("invd-token") || "";
  field.addEventListener("input", () => sessionStorage.setItem("invd-token", field.value));
}

keepToken();
if (document.querySelector("[data-live]")) {
  watch();
  setInterval(() => { if (wanted || Date.now() - renewed >= often) renew(); }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
}
