// Firefox and Chromium as people have them, driven by one tool.

import { createRequire } from "node:module";

const require = createRequire(process.env.DRIVER + "/");
const puppeteer = require("puppeteer-core");

// Firefox asks nobody on the network, and restores what it had where a test says so.
const QUIET = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
};

export const browsers = ["firefox", "chrome"].filter((name) => process.env[name.toUpperCase()]);

export function launch(name, options = {}) {
  return puppeteer.launch({
    browser: name,
    executablePath: process.env[name.toUpperCase()],
    headless: true,
    args: name === "chrome" ? ["--no-sandbox", "--disable-gpu"] : [],
    extraPrefsFirefox: { ...QUIET, ...options.prefs },
    ignoreDefaultArgs: name === "chrome" ? ["--disable-back-forward-cache"] : [],
    ...options.launch,
  });
}

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Back, as the button does it, and then time for scripts to settle what it brings.
export async function back(page) {
  await page.evaluate(() => void setTimeout(() => history.back()));
  await pause(700);
}

// The same where scripts are off, and no timer runs.
export async function plainBack(page) {
  await Promise.race([page.evaluate(() => history.back()), pause(1500)]);
  await pause(1500);
}

export async function plainClick(page, selector) {
  const [x, y] = await page.evaluate((one) => {
    const { left, top, width, height } = document.querySelector(one).getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }, selector);
  await page.mouse.click(x, y);
}

// The tool's own reload waits in vain after a Back.
export async function reload(page) {
  await page.evaluate(() => void setTimeout(() => location.reload()));
  await pause(700);
}

// All that the page shows and holds.
export async function held(page) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await page.evaluate(() => {
        const fields = [...document.querySelectorAll("input, textarea, select")];
        const ours = document.title && location.protocol === "http:"; // elsewhere there is no storage
        const kept = ours ? Object.values(sessionStorage).join(" ") : "";
        const values = fields.map((field) => field.value).join(" ");
        return [document.title, document.documentElement.outerHTML, values, kept].join("\n");
      });
    } catch (error) {
      if (tries > 20) throw error; // another page came in between
      await pause(200);
    }
  }
}
