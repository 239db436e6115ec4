//! Records that stand under another id on the other side: found from the dashboard of a run, decided by keyboard one after
//! the other, kept in the crosswalk, and counted by the next run.

import { type Page } from "@playwright/test";
import { card, designCheck, download, fill, go, upload } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const GIVEN = ["Anna", "Bernd", "Clara", "Dieter", "Elisa", "Frank", "Greta", "Hanno", "Irina", "Jonas", "Katja", "Ludwig"];
const FAMILY = ["Albrecht", "Brinkmann", "Castorp", "Dohrn", "Eilers", "Fontane", "Gerhardt", "Holstein", "Iversen"];

/** Members 0 to 59 as a system has them: the second knows all but ten under ids of its own, and some otherwise. */
function members(second: boolean): string {
  const lines = Array.from({ length: 60 }, (_, n) => {
    const [given, family] = [GIVEN[n % 12] ?? "", FAMILY[(n * 7) % 9] ?? ""];
    const moved = second && n % 3 === 1;
    const email = moved ? `info${(n * 31) % 97}@other.example` : `${given}.${family}${n}@shop.example`.toLowerCase();
    const name = second && n % 4 === 1 ? `${given.slice(0, 1)}. ${family}` : `${given} ${family}`;
    return `${second && n >= 10 ? "900" : "K"}${n},${email},${name},${["gold", "silver", "none"][n % 3]}`;
  });
  return ["id,email,name,tier", ...lines, ""].join("\n");
}

/** How many pairs are decided, as the page says. */
const decided = (page: Page) => page.getByText(/^\d+ of \d+ decided$/);

test("five pairs are decided by keyboard and stay decided", async ({ page, server }) => {
  test.setTimeout(120_000);
  const own = await server({ demo: true });
  await signIn(page, own);

  await test.step("Two systems know the same people under different ids", async () => {
    await page.goto(`${own.url}${ROOT}/connections`);
    await hydrated(page);
    await upload(page, "Pairs left", members(false));
    await upload(page, "Pairs right", members(true));
    await designCheck(page, "Pairs left", "Pairs right");
    await fill(page, { Name: "Members by id", "Left column of key part 1": "id", "Right column of key part 1": "id" });
    for (const [n, column] of ["email", "name", "tier"].entries()) {
      await fill(page, { [`Left column of pair ${n + 1}`]: column, [`Right column of pair ${n + 1}`]: column });
    }
    await page.getByRole("button", { name: "Save and run" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 10 matched", { timeout: 30_000 });
  });

  await test.step("Records under another id are found", async () => {
    const found = card(page, "Records under another id");
    await found.getByRole("button", { name: "Find records under another id" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+\/pairs$/);
    await expect(decided(page)).toHaveText(/^0 of/, { timeout: 30_000 });
    await hydrated(page);
    await expectAccessible(page);
  });

  const question = page.getByRole("heading", { level: 2, name: /^Is .* the same as .*\?$/ });
  const seen: string[] = [];
  await test.step("Five are decided by keyboard", async () => {
    for (const [n, key] of ["y", "n", "Y", "n", "y"].entries()) {
      const asked = await question.innerText();
      expect(seen).not.toContain(asked);
      seen.push(asked);
      await page.keyboard.press(key);
      // One answered question may settle others: a record has one partner.
      await expect(question).not.toHaveText(asked);
      await expect(decided(page)).not.toHaveText(new RegExp(`^${n} of`));
    }
  });

  await test.step("Skipping decides nothing, undoing shows the last again", async () => {
    const before = await decided(page).innerText();
    const skipped = await question.innerText();
    await page.keyboard.press("s");
    await expect(question).not.toHaveText(skipped);
    await expect(decided(page)).toHaveText(before);
    await page.keyboard.press("u");
    await expect(question).toHaveText(seen[4] ?? "");
    await page.keyboard.press("y");
    await expect(decided(page)).toHaveText(before);
  });

  await test.step("What was decided is listed and kept in the crosswalk", async () => {
    await page.getByRole("navigation", { name: "Which pairs" }).getByRole("link", { name: /^decided/ }).click();
    const decisions = page.getByRole("table", { name: "Decisions" });
    await expect(decisions.getByRole("row")).toHaveCount(6);
    await go(page, "Sync", "Crosswalk");
    await expect(decisions.getByRole("row")).toHaveCount(6);
    await fill(page, { Verdict: "not the same" });
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(decisions.getByRole("row")).toHaveCount(3);
    await expectAccessible(page);
    for (const [label, name] of [["CSV", "four-marketing-clouds-crosswalk.csv"], ["Excel", "four-marketing-clouds-crosswalk.xlsx"]] as const) {
      const file = await download(page, page.getByRole("link", { name: label, exact: true }));
      expect(file.suggestedFilename()).toBe(name);
    }
  });

  await test.step("The next run counts them apart from its keys", async () => {
    await go(page, "Sync", "Dashboard");
    await page.getByRole("row").filter({ hasText: "Members by id" }).getByRole("button", { name: /^Run/ }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 10 matched", { timeout: 30_000 });
    await expect(card(page, "Records under another id")).toContainText("3 of the 50 records only in Pairs left have their partner in Pairs right by the crosswalk");
  });
});
