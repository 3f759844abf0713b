// Opens reports in a headless Chromium as a reader would: node report.mjs report.html …
// Ends with an error that says what is wrong.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // The next one may be there.
    }
  }
  throw new Error("no Chromium is installed; name one in the variable CHROMIUM");
}

// A telephone's width, and how much paper a report may take; with many runs' figures, one sheet more.
const PHONE = 390;
const SHEETS_MOST = 4;

const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });

// A page that notes whatever goes wrong in it.
async function open(file, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (message) => troubles.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) troubles.push(`it asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(resolve(file)).href);
  return { page, troubles, close: () => context.close() };
}

const shown = (page) => page.$eval("#interactive", (home) => [Number(home.dataset.from), Number(home.dataset.to)]);
const legend = (page) => page.locator(".diagram").first().locator(".u-value").allTextContents();

// How many different colours a diagram shows.
const colours = (page) => page.$$eval(".diagram canvas", (canvases) => canvases.map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let place = 0; place < data.length; place += 4) {
    if (data[place + 3] > 200) seen.add((data[place] << 16) | (data[place + 1] << 8) | data[place + 2]);
  }
  return seen.size;
}));

async function withMouse(page) {
  await page.locator("#timelines").evaluate((section) => section.scrollIntoView());
  const place = await page.locator(".diagram .u-over").first().boundingBox();
  assert.ok(place && place.width > 300, "the first diagram has room");
  assert.ok((await legend(page)).every((value) => value === "–"), "nothing is shown before the mouse is there");
  await page.mouse.move(place.x + place.width * 0.3, place.y + place.height / 2);
  const values = await legend(page);
  assert.ok(values.some((value) => /\d/.test(value)), `hovering shows values: ${values}`);
  const whole = await shown(page);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width * 0.6, place.y + place.height / 2, { steps: 5 });
  await page.mouse.up();
  const part = await shown(page);
  const share = (part[1] - part[0]) / (whole[1] - whole[0]);
  assert.ok(share > 0.2 && share < 0.4, `dragging zooms: ${part} of ${whole}`);
  await page.getByRole("button", { name: "Whole run" }).click();
  assert.deepEqual(await shown(page), whole, "the button shows the whole run again");
}

async function withKeyboard(page) {
  const whole = await shown(page);
  const diagram = page.locator(".diagram").first();
  await diagram.focus();
  for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  const said = await diagram.locator("[role=status]").textContent();
  assert.match(said, /\d.*: sent .*good /, "arrow keys say what there is");
  await page.keyboard.press("+");
  const part = await shown(page);
  assert.ok(part[1] - part[0] < (whole[1] - whole[0]) * 0.6, `plus zooms: ${part}`);
  await page.keyboard.press("0");
  assert.deepEqual(await shown(page), whole, "0 shows the whole run again");
}

// From the table of outages one gets to the time at which each happened.
async function fromOutages(page) {
  const outages = await page.locator("#happened caption", { hasText: "Outages" }).count();
  const buttons = page.getByRole("button", { name: /^show the outage/ });
  if (outages === 0) return assert.equal(await buttons.count(), 0);
  const whole = await shown(page);
  await buttons.first().click();
  const part = await shown(page);
  assert.ok(part[1] - part[0] < whole[1] - whole[0], `the outage is shown: ${part}`);
  await page.getByRole("button", { name: "Whole run" }).click();
}

async function hasItsParts(page) {
  for (const landmark of ["main", "navigation", "banner", "contentinfo"]) {
    assert.equal(await page.getByRole(landmark).count(), 1, `one ${landmark}`);
  }
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, "one first heading");
  const unnamed = await page.$$eval("svg[role=img]", (pictures) => pictures.filter((picture) => {
    const names = (picture.getAttribute("aria-labelledby") || "").split(" ");
    return !names.every((name) => document.getElementById(name)?.textContent);
  }).length);
  assert.equal(unnamed, 0, "all pictures have words");
  const tables = await page.$$eval("table:not([role=presentation])", (tables) => tables.filter((table) =>
    !table.caption || !table.querySelector("thead th[scope=col]") || !table.querySelector("tbody th[scope=row]")).length);
  assert.equal(tables, 0, "all tables have a caption and headers");
}

// What all reports have in common.
async function checkForm(file) {
  const troubles = [];
  const screen = await open(file, {});
  await hasItsParts(screen.page);
  const printed = await screen.page.pdf({ preferCSSPageSize: true });
  const sheets = printed.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  const most = (await screen.page.locator("#first").count()) ? SHEETS_MOST + 1 : SHEETS_MOST;
  assert.ok(sheets <= most, `${file} takes ${sheets} sheets of paper`);
  await isNotCut(screen.page);
  const words = await readable(screen.page);
  await screen.page.emulateMedia({ media: "screen", colorScheme: "dark" });
  const ground = await screen.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(ground, "rgb(255, 255, 255)", "there is a dark theme");
  await screen.close();

  const phone = await open(file, { viewport: { width: PHONE, height: 844 }, isMobile: true });
  const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE, `${file}: a telephone is wide enough: ${width}`);
  await isWithin(phone.page);
  await phone.close();

  const plain = await open(file, { javaScriptEnabled: false });
  assert.equal(await readable(plain.page), words, "without JavaScript there is the same to read");
  await plain.page.locator("summary").first().click();
  assert.ok(await plain.page.locator("details[open]").count() > 0, "without JavaScript the small print unfolds");
  await plain.close();
  for (const page of [screen, phone, plain]) troubles.push(...page.troubles);
  assert.deepEqual(troubles, [], `nothing goes wrong in ${file}`);
}

// All words but those of the diagrams that a script draws, and of its buttons.
async function readable(page) {
  const parts = await page.locator("main :is(h2, h3, p, li, dt, dd, th, td, caption, summary, pre, svg title, svg text)")
    .evaluateAll((parts) => parts.filter((part) => !part.closest("#interactive")).map((part) => {
      const copy = part.cloneNode(true);
      for (const button of copy.querySelectorAll("button")) button.remove();
      return copy.textContent.trim();
    }));
  assert.ok(parts.length > 20, `there is something to read: ${parts.length}`);
  return parts.join("\n");
}

// What stands on paper is not cut in two, and no heading stands alone.
async function isNotCut(page) {
  await page.emulateMedia({ media: "print" });
  const loose = await page.evaluate(() => {
    const wanted = [["figure", "breakInside"], ["tr", "breakInside"], ["h2", "breakAfter"], ["h3", "breakAfter"]];
    return wanted.filter(([name, rule]) => [...document.querySelectorAll(`main ${name}`)]
      .some((element) => getComputedStyle(element)[rule] !== "avoid")).map(([name]) => name);
  });
  assert.deepEqual(loose, [], "these may be cut in two, or stand alone");
}

// Nothing that is read stands beyond the edge of a telephone, but for pictures that move within their frame.
async function isWithin(page) {
  const beyond = await page.evaluate((width) => [...document.querySelectorAll("main :is(p, li, dd, th, td, pre, h2, h3)")]
    .filter((element) => !element.closest("thead, .u-legend") && element.getBoundingClientRect().right > width + 0.5)
    .map((element) => element.textContent.slice(0, 40)), PHONE);
  assert.deepEqual(beyond, [], "these stand beyond the edge");
  const small = await page.evaluate(() => [...document.querySelectorAll("figure > div")]
    .filter((frame) => frame.offsetParent).flatMap((frame) => [...frame.querySelectorAll("svg text")])
    .map((text) => text.getBoundingClientRect().height).filter((height) => height > 0 && height < 8).length);
  assert.equal(small, 0, "letters in pictures are large enough");
}

async function check(file) {
  await checkForm(file);
  const { page, troubles, close } = await open(file, {});
  if (await page.locator(".diagram").count() > 0) await checkDiagrams(page);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${file}.png`, fullPage: true });
  await close();
  assert.deepEqual(troubles, [], "nothing goes wrong");
}

async function checkDiagrams(page) {
  const seen = await colours(page);
  assert.ok(seen.length >= 2 && seen.every((count) => count >= 3), `diagrams are drawn: ${seen}`);
  assert.ok(await page.locator(".still").first().isHidden(), "the still picture makes room");
  await withMouse(page);
  await withKeyboard(page);
  await fromOutages(page);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".still").first().isVisible(), "paper has the still picture");
  assert.ok(await page.locator("#interactive").isHidden(), "paper has no buttons");
  await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  // The script has heard of it as soon as the page has been drawn again.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  assert.ok((await colours(page)).every((count) => count >= 3), "the diagrams are drawn in it");
}

async function checkPicture(file) {
  const { page, troubles, close } = await open(file, {});
  assert.ok(await page.evaluate(() => document.documentElement.tagName === "svg"), `${file} is a picture`);
  assert.ok(await page.evaluate(() => document.querySelectorAll("text").length > 1), `${file} has labels`);
  await close();
  assert.deepEqual(troubles, [], `nothing goes wrong in ${file}`);
}

try {
  for (const file of process.argv.slice(2)) await (file.endsWith(".svg") ? checkPicture(file) : check(file));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
