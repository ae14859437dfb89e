// How often one Back, and a reload after it, showed what was typed, by the way the form was left.

import { back, browsers, held, launch, reload } from "./browsers.mjs";

const TRIES = Number(process.env.TRIES ?? 10);
const WAYS = [
  ["plain href", ""],
  ["plain href, no-store", "no-store"],
  ["plain href, no-store, autocomplete=off", "no-store off"],
  ["replace", "replace"],
  ["replace, no-store", "replace no-store"],
  ["reset, then a new entry", "reset"],
  ["reset + replace", "reset replace"],
  ["reset + replace, no-store, autocomplete=off", "reset replace no-store off"],
  ["the same, one page after the form", "reset replace no-store off later"],
];

async function once(browser, how) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(process.env.WEATHER);
  const address = new URL("/form", process.env.WAYS);
  address.search = new URLSearchParams({ how, to: process.env.WEATHER });
  await page.goto(address.href);
  await page.type("input", "Wistful");
  await page.type("textarea", "Umberhollow");
  if (how.includes("later")) await page.goto(address.href + "&later=1");
  await page.click(".leave");
  await page.waitForFunction(() => document.title === "Weather");
  await back(page);
  const words = (text) => /Wistful|Umberhollow/.test(text);
  const atBack = words(await held(page));
  await reload(page);
  const atReload = words(await held(page));
  await context.close();
  return [atBack, atReload];
}

console.log("| Way | Browser | After Back | After reload |\n| --- | --- | --- | --- |");
for (const name of browsers) {
  const browser = await launch(name);
  for (const [words, how] of WAYS) {
    const seen = [];
    for (let n = 0; n < TRIES; n += 1) seen.push(await once(browser, how));
    const count = (index) => seen.filter((one) => one[index]).length;
    console.log(`| ${words} | ${await browser.version()} | ${count(0)} of ${TRIES} | ${count(1)} of ${TRIES} |`);
  }
  await browser.close();
}
