//! The shortest way through: a server starts, says where it is, lets its owner in, and every page of
//! the way is sound. What the pages are for is tested in the specs named after them.

import { createOwner } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

test("the demo owner signs in with the printed link and finds the demo plan", async ({ page, server }) => {
  const demo = await server({ demo: true });
  await signIn(page, demo);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await hydrated(page);
  await expectAccessible(page);

  await page.goto(`${demo.url}/plans`);
  await expect(page.getByRole("link", { name: "Four marketing clouds" }).first()).toBeVisible();
  await hydrated(page);
  await expectAccessible(page);
});

test("the printed link works once", async ({ browser, page, server }) => {
  const demo = await server({ demo: true });
  await signIn(page, demo);
  const second = await browser.newContext();
  const stranger = await second.newPage();
  await stranger.goto(demo.link ?? "");
  await stranger.getByRole("button", { name: "Sign in" }).click();
  await expect(stranger).toHaveURL(/\/sign-in\?error=used/);
  await stranger.goto(`${demo.url}/plans`);
  await expect(stranger).toHaveURL(/\/sign-in/);
  await second.close();
});

test("an empty installation asks for its owner", async ({ page, server }) => {
  const empty = await server();
  expect(empty.link).toContain("/set-up/");
  await page.goto(empty.link ?? "");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
  await createOwner(page, empty.link);
});

test("a stranger sees the sign-in page and nothing else", async ({ page, server }) => {
  const empty = await server();
  await page.goto(`${empty.url}/plans`);
  await expect(page).toHaveURL(/\/sign-in/);
  await expectAccessible(page);
});

test("every response carries the security headers", async ({ request, server }) => {
  const { url } = await server();
  for (const path of ["/", "/sign-in", "/pkg/plumbline.js", "/no-such-page"]) {
    const headers = (await request.get(`${url}${path}`)).headers();
    expect(headers["content-security-policy"], path).toContain("default-src");
    expect(headers["content-security-policy"], path).not.toContain("unsafe-inline");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBeTruthy();
  }
});

test.describe("with JavaScript off", () => {
  test.use({ javaScriptEnabled: false });

  test("signing in works and the plans read", async ({ page, server }) => {
    const demo = await server({ demo: true });
    await signIn(page, demo);
    await page.goto(`${demo.url}/plans`);
    await expect(page.getByRole("link", { name: "Four marketing clouds" }).first()).toBeVisible();
  });
});
