//! Every page of the demo plan: it answers, nothing complains, axe finds nothing serious, it reads
//! without scripts, and it fits a phone.

import { expect, expectAccessible, hydrated, test, watch } from "../support/test";

const PLAN = "/p/four-marketing-clouds";
const PAGES = [
  "/plans",
  "/account",
  "/verify",
  "/workspace/system",
  "/workspace/instance",
  "/workspace/team",
  "/workspace/term",
  "/help/rules",
  "/help/rules/SOT-002",
  PLAN,
  `${PLAN}/data`,
  `${PLAN}/truth`,
  `${PLAN}/systems`,
  `${PLAN}/process`,
  `${PLAN}/process/P1`,
  `${PLAN}/process/P2?as=as_told`,
  `${PLAN}/process/P3?as=to_be`,
  `${PLAN}/flows`,
  `${PLAN}/change`,
  `${PLAN}/risks`,
  `${PLAN}/sync`,
  `${PLAN}/connections`,
  `${PLAN}/checks/CK1`,
  `${PLAN}/runs/1`,
  `${PLAN}/runs/1/differences`,
  `${PLAN}/worklists`,
  `${PLAN}/worklists/new?run=1`,
  `${PLAN}/history`,
  `${PLAN}/trial`,
  `${PLAN}/findings`,
  `${PLAN}/review`,
  `${PLAN}/versions`,
  `${PLAN}/export`,
  `${PLAN}/items/data_point`,
  `${PLAN}/items/data_point/D1`,
  `${PLAN}/items/data_point/new`,
  `${PLAN}/items/mapping_line/M1`,
  `${PLAN}/items/step/E1`,
];

for (const path of PAGES) {
  test(`${path} is sound`, async ({ browser, demo, complaints }) => {
    const context = await browser.newContext({ storageState: demo.session, viewport: { width: 1366, height: 768 } });
    watch(context, complaints);
    const page = await context.newPage();
    const answer = await page.goto(`${demo.url}${path}`);
    expect(answer?.status()).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await hydrated(page);
    await expect(page.locator(".trouble")).toHaveCount(0);
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, "sideways scrolling at 390 px").toBeLessThanOrEqual(1);
    await context.close();
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a link into what is folded away opens it ${javaScriptEnabled ? "with" : "without"} scripts`, async ({ browser, demo }) => {
    const context = await browser.newContext({ storageState: demo.session, javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${demo.url}${PLAN}/runs/1`);
    if (javaScriptEnabled) await hydrated(page);
    const measured = page.getByText("Both sides were read once and kept");
    await expect(page.getByRole("heading", { name: "How it was measured" })).toBeVisible();
    await expect(measured).toBeHidden();
    await page.getByRole("link", { name: /^sha256/ }).click();
    await expect(measured).toBeVisible();
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("table", { name: "The run under other rules" }), "on paper nothing is folded").toBeVisible();
    await context.close();
  });
}

test("a click while the browser takes the page over is followed and marked", async ({ browser, demo, complaints }) => {
  const context = await browser.newContext({ storageState: demo.session, viewport: { width: 1366, height: 768 } });
  watch(context, complaints);
  const page = await context.newPage();
  // The router listens once the script has started; the code of the page itself is held back.
  const code = /\/pkg\/split_[^/]*\.wasm$/;
  let release = () => {};
  const held = new Promise<void>((done) => { release = done; });
  await page.route(code, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(code);
  await page.goto(`${demo.url}${PLAN}/data`);
  await asked;
  const entry = (name: string) => page.getByRole("navigation", { name: "Plan" }).getByRole("link", { name, exact: true });
  await entry("Sources of truth").click();
  release();
  await expect(page).toHaveURL(/\/truth$/);
  await expect(entry("Sources of truth")).toHaveAttribute("aria-current", "page");
  await expect(entry("Data points")).not.toHaveAttribute("aria-current", "page");
  await context.close();
});

test("every page reads without scripts", async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ storageState: demo.session, javaScriptEnabled: false });
  const page = await context.newPage();
  for (const path of PAGES) {
    const answer = await page.goto(`${demo.url}${path}`);
    expect(answer?.status(), path).toBe(200);
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    await expect(page.locator(".trouble"), path).toHaveCount(0);
  }
  await context.close();
});
