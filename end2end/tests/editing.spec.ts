//! Several people at one item, and one person without a mouse.

import { type Page } from "@playwright/test";
import { control, fill, PASSWORD, plumbline, save, somebody } from "../support/journey";
import { expect, hydrated, signIn, test } from "../support/test";

const POINTS = "/p/four-marketing-clouds/items/data_point";

test("two people at one item: different fields merge, the same field asks", async ({ browser, complaints, page, server }) => {
  const demo = await server({ demo: true });
  await signIn(page, demo);
  const mira = await somebody(browser, demo, "mira.kern@harbour-outfitters.example", complaints);
  for (const who of [page, mira]) {
    await who.goto(`${demo.url}${POINTS}/D1`);
    await hydrated(who);
  }

  await test.step("Different fields merge", async () => {
    await fill(page, { Unit: "pieces" });
    await fill(mira, { "Purpose of use": "Recognising a customer" });
    await save(page);
    await save(mira);
    for (const who of [page, mira]) {
      await who.reload();
      await hydrated(who);
      await expect(control(who, "Unit")).toHaveValue("pieces");
      await expect(control(who, "Purpose of use")).toHaveValue("Recognising a customer");
    }
  });

  await test.step("The same field gives both values to choose from", async () => {
    await fill(page, { Format: "C and six digits" });
    await fill(mira, { Format: "C and eight digits" });
    await save(page);
    await mira.getByRole("button", { name: "Save", exact: true }).click();
    await expect(mira.getByRole("heading", { name: "Format was changed by Ana Novak meanwhile" })).toBeVisible();
    await expect(mira.getByText("C and six digits").first()).toBeVisible();
    await mira.getByRole("button", { name: "Keep your value" }).click();
    await expect(mira.getByRole("heading", { name: /was changed by/ })).toBeHidden();
    await page.reload();
    await expect(control(page, "Format")).toHaveValue("C and eight digits");
  });
  await mira.context().close();
});

test("a change that comes while a page is still being taken over is shown and breaks nothing", async ({ browser, complaints, page, server }) => {
  const demo = await server({ demo: true });
  await signIn(page, demo);
  const mira = await somebody(browser, demo, "mira.kern@harbour-outfitters.example", complaints);
  await mira.goto(`${demo.url}${POINTS}/D1`);
  await hydrated(mira);

  let go = () => {};
  const changed = new Promise<void>((done) => { go = done; });
  await page.route(/\/pkg\/(?!plumbline)\w+\.wasm/, async (route) => {
    await changed;
    await route.continue();
  });
  const name = (text: string) => page.getByRole("link", { name: text, exact: true });
  await page.goto(`${demo.url}/p/four-marketing-clouds/data`, { waitUntil: "commit" });
  await expect(name("Customer number")).toBeVisible();
  // Long enough for a stream to open that does not wait for the page.
  await page.waitForTimeout(500);
  await fill(mira, { Name: "Number of a customer" });
  await save(mira);
  await page.waitForTimeout(200);
  go();
  await hydrated(page);
  await expect(name("Number of a customer")).toBeVisible();
  await mira.context().close();
});

test("the rules speak while somebody types, and nothing is saved by it", async ({ page, server }) => {
  const demo = await server({ demo: true });
  await signIn(page, demo);
  await page.goto(`${demo.url}${POINTS}/D1`);
  await hydrated(page);
  const undefined_ = page.getByText("has no definition");
  await expect(undefined_).toBeHidden();
  await control(page, "Definition").fill("");
  await expect(page.getByRole("heading", { name: "Findings, if you save this" })).toBeVisible();
  await expect(undefined_).toBeVisible();
  await control(page, "Definition").fill("What a customer is known by");
  await expect(undefined_).toBeHidden();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Findings, if you save this" })).toBeHidden();
  await expect(control(page, "Definition")).not.toHaveValue("What a customer is known by");

  await page.goto(`${demo.url}${POINTS}/new`);
  await hydrated(page);
  await control(page, "Name").fill("Shoe size");
  await expect(page.getByText("Shoe size has no definition")).toBeVisible();
});

test("signing in and a form work with the keyboard alone", async ({ page, server }) => {
  const demo = await server({ demo: true });
  const { pathname } = new URL(plumbline(demo, "user", "link", "--password", "rui.barros@harbour-outfitters.example").trim());
  await page.goto(`${demo.url}${pathname}`);
  await control(page, "New password").or(control(page, "Password")).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/plans$/);
  await page.context().clearCookies();

  await page.goto(`${demo.url}${POINTS}/D1`);
  await expect(page).toHaveURL(/\/sign-in/);
  await hydrated(page);
  await tabTo(page, "E-mail");
  await page.keyboard.type("rui.barros@harbour-outfitters.example");
  await tabTo(page, "Password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${POINTS}/D1$`));
  await hydrated(page);

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, "Format");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("C and nine digits");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await page.reload();
  await expect(control(page, "Format")).toHaveValue("C and nine digits");
});

/** Presses Tab until the control with this label has the focus, which must be seen. */
async function tabTo(page: Page, label: string): Promise<void> {
  const wanted = control(page, label);
  for (let presses = 0; presses < 80; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(wanted).toBeFocused();
  const outline = await wanted.evaluate((element) => {
    const { outlineStyle, boxShadow } = getComputedStyle(element);
    return `${outlineStyle} ${boxShadow}`;
  });
  expect(outline, `the focus on ${label} is seen`).not.toBe("none none");
}
