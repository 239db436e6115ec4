//! Differences that concentrate somewhere become a work-list; a later run of the repaired data closes it.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { card, designCheck, download, fill, go, upload } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";

/** 60 members, every third of them from Finland. */
function members(city: (n: number) => string): string {
  const line = (n: number) => `${n},Name ${n},${n % 3 === 0 ? "FI" : "SE"},${city(n)}`;
  return `no,name,country,city\n${Array.from({ length: 60 }, (_, n) => line(n + 1)).join("\n")}\n`;
}

const right = (n: number): string => `Town ${n}`;
const wrong = (n: number): string => (n % 3 === 0 && n <= 54 ? `Nowhere near ${n}` : right(n));

/** The uploaded file with this content, wherever the server keeps it. */
function uploaded(folder: string, text: string): string {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const found = files.find((file) => statSync(file).isFile() && readFileSync(file, "utf8") === text);
  if (found === undefined) throw new Error("the server keeps no such file");
  return found;
}

test("a work-list is made of a slice and closed by a later run", async ({ page, server }) => {
  test.setTimeout(120_000);
  const own = await server({ demo: true });
  await signIn(page, own);
  await page.goto(`${own.url}${ROOT}/connections`);
  await hydrated(page);
  await upload(page, "Club left", members(right));
  await upload(page, "Club right", members(wrong));
  await designCheck(page, "Club left", "Club right");
  await fill(page, { Name: "Club", "Left column of key part 1": "no", "Right column of key part 1": "no" });
  await page.getByRole("button", { name: "Save and run" }).click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);
  const run = new URL(page.url()).pathname;

  const slices = card(page, "city differs where country = FI: 18 of 20, elsewhere 0 of 40");
  await expect(slices).toBeVisible();
  await expectAccessible(page);
  await slices.getByRole("link", { name: "country = FI" }).click();
  await expect(page.getByText("18 entries")).toBeVisible();

  await page.goto(`${own.url}${run}`);
  await hydrated(page);
  await page.getByRole("link", { name: "Make a work-list" }).click();
  await expect(page.getByRole("heading", { name: "Who works on which differences?" })).toBeVisible();
  await hydrated(page);
  await page.getByLabel(/^city: .*, where country = FI$/).check();
  await fill(page, { Owner: "Data desk", Due: "2030-03-14", Note: "Ask the club" });
  await page.getByRole("button", { name: "Make work-lists" }).click();
  await expect(page).toHaveURL(/\/worklists\/1$/);
  await expect(page.getByRole("heading", { name: /^no run since run \d+$/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /close/i })).toHaveCount(0);
  await expectAccessible(page);
  const workbook = await download(page, page.getByRole("link", { name: "Excel" }));
  expect(workbook.suggestedFilename()).toBe("four-marketing-clouds-worklist-1.xlsx");

  await go(page, "Sync", "Dashboard");
  const open = card(page, "1 open work-list");
  await expect(open.getByRole("row").filter({ hasText: "Data desk" })).toHaveCount(1);

  writeFileSync(uploaded(own.data, members(wrong)), members(right));
  await page.goto(`${own.url}${run}`);
  await hydrated(page);
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(page).not.toHaveURL(new RegExp(`${run}$`));
  await expect(page.getByRole("heading", { name: "How it was measured" })).toBeVisible();
  await go(page, "Sync", "Work-lists");
  await expect(page.getByText(/^run \d+ shows all 18 equal$/)).toBeVisible();
  await expect(page.getByRole("cell", { name: "closed" })).toBeVisible();
});
