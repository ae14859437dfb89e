// "Leave this site" on the real site: whatever way is taken, nothing typed is seen again, or found on the disk.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { back, browsers, held, launch, pause, plainBack, plainClick, reload } from "./browsers.mjs";
import { written } from "./disk.mjs";

const { SITE, WEATHER } = process.env;
const LOOKED_FOR = ["Wistful", "Umberhollow", "555-0177", "5035550177", "Tanglewick"];
const TYPED = new RegExp(LOOKED_FOR.join("|"));
const WORDS = {
  preferred_name: "Wistful Quill",
  message: "A hard talk with Umberhollow.",
  phone: "(503) 555-0177",
  contact_note: "Not on Mondays, says Tanglewick",
};
const CHOICES = ["seeking_for=me", "adult=yes", "location=here", "contact_method=call", "phone_private=no"];

const pages = {
  "half-filled form": async () => {},
  "form with an error": async (page) => {
    await page.evaluate(() => (document.querySelector("[name=phone]").value = "12"));
    await step(page, "check");
  },
  "check page": async (page) => step(page, "check"),
  "form to change": async (page) => {
    await step(page, "check");
    await step(page, ".button-quiet");
  },
};

const ways = {
  "a click": async (page) => page.click("[data-leave]"),
  "Shift three times": async (page) => {
    for (let n = 0; n < 3; n += 1) await page.keyboard.press("Shift");
  },
};

const browser = await launch("firefox");
after(() => browser.close());

async function write(page) {
  await page.goto(WEATHER);
  await page.goto(`${SITE}/contact/`);
  await page.evaluate((choices) => {
    for (const choice of choices) {
      const [name, value] = choice.split("=");
      document.querySelector(`[name="${name}"][value="${value}"]`).click();
    }
  }, CHOICES);
  for (const [name, words] of Object.entries(WORDS)) await page.type(`main [name="${name}"]`, words);
}

async function step(page, button) {
  const selector = button.startsWith(".") ? button : `main [name=step][value=${button}]`;
  await page.evaluate((one) => void setTimeout(() => document.querySelector(one).click()), selector);
  await pause(1500);
}

async function arrive(page) {
  for (let n = 0; n < 50 && !(await held(page)).includes("Rain later"); n += 1) await pause(200);
  assert.match(await held(page), /Rain later/);
}

// Back, page by page and with a reload of each, to where the visit began.
async function assertGone(page) {
  for (let n = 0; n < 6; n += 1) {
    const before = await page.evaluate(() => location.href);
    await back(page);
    assert.doesNotMatch(await held(page), TYPED, `Back, ${n + 1}`);
    await reload(page);
    assert.doesNotMatch(await held(page), TYPED, `reload, ${n + 1}`);
    if (before === WEATHER && (await page.evaluate(() => location.href)) === before) return;
  }
}

for (const [where, go] of Object.entries(pages)) {
  for (const [how, leave] of Object.entries(ways)) {
    test(`${where}, left by ${how}`, async () => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await write(page);
      await go(page);
      assert.match(await held(page), TYPED);
      await leave(page);
      await arrive(page);
      await assertGone(page);
      const other = await context.newPage(); // opened again
      await other.goto(`${SITE}/contact/`);
      assert.doesNotMatch(await held(other), TYPED);
      await context.close();
    });
  }
}

test("another site and Back give the words back", async () => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await write(page);
  await page.goto(WEATHER);
  await back(page);
  for (const words of Object.values(WORDS)) assert.ok((await held(page)).includes(words), words);
  await context.close();
});

// Beside what the browser shows: the session it would open again, caches, lists of things typed, all.
// What the tab stores is looked for first: found, it says that the browser has written the tab down.
async function writtenDown(profile, page) {
  const stored = await page.evaluate(() => sessionStorage.kept.slice(0, 20));
  for (let n = 0; n < 150 && (await written(profile, [stored])).length === 0; n += 1) await pause(200);
  assert.notDeepEqual(await written(profile, [stored]), []);
  return [...LOOKED_FOR, await page.evaluate(() => window.name.slice(0, 20))];
}

for (const name of browsers) {
  for (const where of ["half-filled form", "check page"]) {
    test(`${where}: nothing is left in the folder of ${name}`, async () => {
      const profile = await mkdtemp(join(tmpdir(), "leaving-"));
      const prefs = { "browser.sessionstore.interval": 500 };
      const own = await launch(name, { prefs, launch: { userDataDir: profile } });
      try {
        const page = await own.newPage();
        await write(page);
        await pages[where](page);
        const words = await writtenDown(profile, page);
        assert.deepEqual(await written(profile, words), [], "before leaving");
        await ways["a click"](page);
        await arrive(page);
        await pause(2000); // the session is written down
        await own.close();
        assert.deepEqual(await written(profile, words), [], "after leaving");
      } finally {
        await own.close();
        await rm(profile, { recursive: true, force: true });
      }
    });
  }
}

test("without scripts, left by the link", async () => {
  const plain = await launch("firefox", { prefs: { "javascript.enabled": false } });
  try {
    const page = await plain.newPage();
    await page.goto(WEATHER);
    await page.goto(`${SITE}/contact/`);
    for (const [name, words] of Object.entries(WORDS)) {
      await page.type(`main [name="${name}"]`, words);
    }
    assert.match(await held(page), TYPED);
    await plainClick(page, "[data-leave]");
    await arrive(page);
    await plainBack(page);
    assert.match(await held(page), /^Contact us\n/);
    assert.doesNotMatch(await held(page), TYPED);
  } finally {
    await plain.close();
  }
});
