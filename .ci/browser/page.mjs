// Opens the status page of a real daemon, which mirrors a simulated partner, in a real
// browser. Prints what it checks; exits with 1 at the end when anything was wrong.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { INVD, WORK, CHROMIUM, PICTURE } = process.env;
const token = "not a secret: a test's";
const names = [
  "Night Safari", "Island Ferry", "Harbour Cable Car", "Botanic Garden Walk", "Old Town Food Tour", "River Lights Cruise", "Sky Deck",
  "Aquarium", "Dinosaur Hall", "City Bus, one day", "Kayak at Dawn", "Science Centre", "Butterfly House", "Lighthouse", "Wine Cellar",
];
const hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>";

let failed = 0, passed = 0;
function check(what, ok, detail = "") {
  if (ok) passed++;
  else {
    failed++;
    console.log(`FAIL ${what} ${detail}`);
  }
}

// start runs a command of invd until stop, and waits for a line that matches.
const children = [];
function start(args, line) {
  return new Promise((resolve, reject) => {
    const child = spawn(INVD, args, { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    let text = "";
    const read = (chunk) => {
      text += chunk;
      const found = text.match(line);
      if (found) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`invd ${args[0]} ended with ${code}:\n${text}`)));
  });
}

async function world() {
  const [, partner] = await start(["partner", "--listen", "127.0.0.1:0", "--api-key", "key", "--limit", "-1", "--products", "30", "--fault", "500", "--fault-product", "20", "--fault-probability", "0.7"], /http:\/\/([\d.:]+)\/api/);
  const dir = join(WORK, "world");
  mkdirSync(dir);
  writeFileSync(join(dir, "key"), "key\n");
  writeFileSync(join(dir, "token"), token + "\n", { mode: 0o600 });
  writeFileSync(join(dir, "invd.yaml"), `
timezone: Asia/Singapore
partner: {base_url: "http://${partner}/api/v1", api_key_file: key, concurrency: 8, limits: [{requests: 40, per: 1s}]}
admin: {token_file: token}
retry: {max_attempts: 2, base: 1s, cap: 2s}
schedules:
  - {name: today, days: 1, every: 20s, objective: 30s}
  - {name: week, days: 7, every: 1m, objective: 50s}
  - {name: month, days: 30, every: 10m, objective: 1m}
  - {name: season, days: 60, every: 1h, objective: 2m}
products:
${names.map((name, i) => `  - {id: ${14 + i}, name: ${JSON.stringify(name)}, enabled: ${i !== 12}}`).join("\n")}
  - {id: ${14 + names.length}, name: ${JSON.stringify(hostile)}}
`);
  const [, admin] = await start(["serve", "--config", join(dir, "invd.yaml"), "--data-dir", join(dir, "data"), "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"], /admin_listen=([\d.:]+)/);
  return `http://${admin}`;
}

async function change(root, path, body) {
  const answer = await fetch(root + path, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  check(`POST ${path}`, answer.ok, `${answer.status} ${await answer.text()}`);
}

// waitFor asks until yes, for at most seconds.
async function waitFor(what, seconds, yes) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((r) => setTimeout(r, 200))) {
    if (await yes()) return check(what, true);
  }
  check(what, false, `not within ${seconds} s`);
}

// contrasts returns the contrast (WCAG 2) of text on its ground, for each selector.
function contrasts(selectors) {
  const parse = (c) => c.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return selectors.map((s) => {
    const e = document.querySelector(s);
    if (!e) return [s, 0];
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return [s, (a + 0.05) / (b + 0.05)];
  });
}

// apart returns the smallest distance (CIE 1976, in L*a*b*) between a colour for what is
// fresh and one for what is not, as the colour-blind see them (Machado, Oliveira and
// Fernandes 2009, severity 1).
function apart() {
  const kinds = {
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
  };
  const times = (m, v) => m.map((row) => row.reduce((sum, k, i) => sum + k * v[i], 0));
  const colour = (i) => getComputedStyle(document.querySelector(`.legend .g${i}`)).backgroundColor.match(/[\d.]+/g).slice(0, 3)
    .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const lab = (rgb) => {
    const [x, y, z] = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb.map((v) => Math.min(1, Math.max(0, v))))
      .map((v, i) => v / [0.9505, 1, 1.089][i]).map((v) => v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  return Object.entries(kinds).map(([kind, m]) => [kind, Math.min(...[0, 1].flatMap((fresh) => [2, 3].map((late) => {
    const [a, b] = [fresh, late].map((i) => lab(times(m, colour(i))));
    return Math.hypot(...a.map((v, i) => v - b[i]));
  })))]);
}

const grades = [0, 1, 2, 3, 4, 5].map((g) => `.legend .g${g}`);
const texts = ["body", "h2 small", ".tile p", "footer a", ".grid tbody th", ".days th", "tbody .num", "small"];

async function readable(page, theme) {
  for (const [selector, contrast] of await page.evaluate(contrasts, [...texts, ...grades])) {
    check(`${theme}: ${selector} can be read`, contrast >= 4.5, `contrast ${contrast.toFixed(2)}`);
  }
}

async function main() {
  const root = await world();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--disable-gpu", "--disable-lcd-text", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
  });
  const noise = [], elsewhere = [];
  const open = async (options, path = "/") => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("console", (m) => { if (["error", "warning"].includes(m.type())) noise.push(m.text()); });
    page.on("pageerror", (e) => noise.push(String(e)));
    page.on("dialog", (d) => { noise.push(`dialog: ${d.message()}`); d.dismiss(); });
    page.on("request", (r) => { if (!r.url().startsWith(root)) elsewhere.push(r.url()); });
    await page.goto(root + path);
    return page;
  };

  console.log("the grid");
  const page = await open();
  const rows = names.length + 1, dates = 60;
  check("every product has a row", await page.locator(".grid tbody tr").count() === rows);
  check("every date of every enabled product has a cell", await page.locator(".grid tbody a[title]").count() === (rows - 1) * dates);
  check("a bar over every date", await page.locator(".bars svg").count() === dates);
  check("every cell has a sign and words", await page.locator(".grid td a").evaluateAll((all) => all.every((a) => a.textContent.length === 1 && a.title.length > 12)));
  check("a name is text", (await page.locator(".grid tbody th").last().innerText()).includes(hostile));
  check("nothing of the page is wider than the window", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

  console.log("it follows what happens");
  await waitFor("the page says that it is live", 10, async () => (await page.locator("#live").innerText()) === "live");
  await page.evaluate(() => { window.sameDocument = true; });
  await change(root, "/api/v1/products/17/pause", { reason: "the garden is closed for works", for: "2d" });
  await change(root, "/api/v1/schedules/season/pause", { reason: "month end, keep the budget for <near> dates", for: "3h" });
  await waitFor("a pause appears", 10, async () => (await page.locator("#pauses").innerText()).includes("closed for works"));
  await waitFor("the paused product's cells are marked", 10, async () => await page.locator(".grid tbody tr").nth(3).locator(".g5").count() === dates);
  await waitFor("a failure appears", 30, async () => await page.locator("#failed button").count() > 0);
  check("the page was not loaded again", await page.evaluate(() => window.sameDocument === true));

  console.log("a date explained");
  await page.locator(".grid tbody tr").nth(2).locator("td a").nth(5).click();
  await page.waitForURL(/\/explain\?product=16&date=/);
  check("it says why", /fresh|stale|Never/.test(await page.locator(".verdict").innerText()), await page.locator(".verdict").innerText());
  check("it has jobs", await page.locator("#jobs tbody tr").count() > 0);

  console.log("fetching again");
  await page.fill("#token", "wrong");
  await page.click("text=Fetch now");
  check("a wrong token is refused", (await page.locator("main").innerText()).includes("not the admin token"));
  noise.splice(0, noise.length, ...noise.filter((n) => !n.includes("403"))); // the browser tells of that answer
  await page.goto(root + "/");
  await page.fill("#token", token);
  const key = await page.locator("#failed button").first().getAttribute("value");
  await page.locator("#failed button").first().click();
  await page.waitForURL(/\/explain\?/);
  check("a retry leads to the date", page.url().endsWith(`date=${key.split("/")[1]}&product=${key.split("/")[0]}`), page.url());
  check("it was asked for by hand", (await page.locator("#jobs").innerText()).includes("manual"));
  check("the tab keeps the token", await page.inputValue("#token") === token);
  const other = await open();
  check("another tab does not have it", await other.inputValue("#token") === "");

  console.log("choosing products");
  await other.fill("input[name=find]", "ferry");
  await other.click("text=Show");
  check("by name", await other.locator(".grid tbody tr").count() === 1);
  await other.goto(root + "/?per=10&page=2");
  check("by page", (await other.locator("nav").innerText()).includes("11–16 of 16") && await other.locator(".grid tbody tr").count() === 6);

  console.log("without JavaScript");
  const plain = await open({ javaScriptEnabled: false }, "/?show=failing");
  check("there is a grid", await plain.locator(".grid tbody tr").count() > 0);
  await plain.fill("#token", token);
  await plain.locator("#failed button").first().click();
  check("the button works", plain.url().includes("/explain?"), plain.url());

  console.log("phone, light and dark");
  for (const colorScheme of ["light", "dark"]) {
    const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme });
    check(`${colorScheme}: no wider than the phone`, await phone.evaluate(() => document.documentElement.scrollWidth) === 390, await phone.evaluate(() => document.documentElement.scrollWidth));
    check(`${colorScheme}: the grid scrolls by itself`, await phone.evaluate(() => { const s = document.querySelector("#grid .scroll"); return s.scrollWidth > s.clientWidth; }));
    check(`${colorScheme}: cells are large enough for a thumb`, await phone.locator(".grid td a").first().evaluate((a) => a.getBoundingClientRect().width >= 20));
    await readable(phone, colorScheme);
    for (const [kind, distance] of await phone.evaluate(apart)) {
      check(`${colorScheme}: fresh and late are told apart with ${kind}`, distance >= 25, `distance ${distance.toFixed(0)}`);
    }
    if (process.env.SHOTS) await phone.screenshot({ path: join(process.env.SHOTS, `phone-${colorScheme}.png`), fullPage: true });
  }
  const grounds = await Promise.all(["light", "dark"].map(async (colorScheme) => (await open({ colorScheme })).evaluate(() => getComputedStyle(document.documentElement).backgroundColor)));
  check("dark is dark", grounds[0] !== grounds[1], grounds);

  if (PICTURE) {
    console.log("the picture");
    await change(root, "/api/v1/schedules/season/resume", {});
    const shown = await open({}, "/?per=25");
    await waitFor("the sweep is over, and dates are late", 90, async () =>
      await shown.locator(".grid tbody tr").nth(5).locator(".g4").count() === 0 && await shown.locator(".grid td .g2").count() > 5);
    await shown.evaluate(() => { // rows enough, and not the product with the name of a script
      for (const e of document.querySelectorAll(".grid tbody tr:nth-child(n+13), #failed tbody tr:nth-child(n+4)")) e.remove();
    });
    await shown.screenshot({ path: PICTURE, fullPage: true });
  }
  if (process.env.SHOTS) {
    for (const [name, options, path] of [["dark", { colorScheme: "dark" }, "/"], ["light", {}, "/"], ["explain", {}, "/explain?product=20&date=" + key.split("/")[1]]]) {
      await (await open(options, path)).screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
    }
  }
  check("the console is silent", noise.length === 0, noise.join("; "));
  check("nothing is loaded from elsewhere", elsewhere.length === 0, elsewhere.join(" "));
  await browser.close();
}

try {
  await main();
} catch (e) {
  failed++;
  console.log(`FAIL ${e.stack}`);
} finally {
  for (const child of children) {
    child.removeAllListeners("exit");
    child.kill();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
