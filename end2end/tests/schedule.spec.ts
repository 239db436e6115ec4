//! Runs that one can plan for: a schedule read while it is typed, what changed since the run before, and what a
//! plan says of both.

import { card, connectFile, control, csv, fill, go, newCheck } from "../support/journey";
import { expect, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const LEFT = "no,city\n1,London\n2,Lagos\n3,Taipei\n";
const RIGHT = "no,city\n1,London\n2,Lagos\n3,Taipei\n";
const LATER = "no,city,zip\n1,London,1\n2,LAGOS,2\n3,Taipei,3\n4,Paris,4\n";

test("a check runs by itself and says what changed", async ({ complaints, page, server }) => {
  test.setTimeout(180_000);
  const own = await server({ demo: true });
  await signIn(page, own);
  await page.goto(`${own.url}${ROOT}/connections`);
  await hydrated(page);

  const names = async () => {
    const field = control(card(page, "Upload a file"), "Test environment of");
    const options = await field.locator("option").allTextContents();
    return options.map((text) => text.trim()).filter((text) => text !== "" && text !== "—").slice(0, 2);
  };
  const [left, right] = await names();
  if (left === undefined || right === undefined) throw new Error("the demo has fewer than two instances");

  await test.step("A check with a schedule", async () => {
    await connectFile(page, left, LEFT);
    await connectFile(page, right, RIGHT);
    await newCheck(page, left, right);
    await fill(page, { Name: "Members on time" });
    const schedule = page.getByLabel("Schedule");
    const said = page.locator(".schedule-said");
    await schedule.fill("0 25 * * *");
    await expect(said).toContainText("the hour “25” is not a number from 0 to 23");
    await schedule.fill("*/5 * * * *");
    await expect(said).toContainText("15 minutes is the least");
    await schedule.fill("0 6 * * 1-5");
    await expect(said).toContainText("It runs at 06:00 on weekdays, in UTC.");
    await expect(said.getByRole("listitem")).toHaveCount(3);
    await page.getByRole("button", { name: "Save and run" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole("table", { name: "Per data point", exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(page.locator("#drift")).toHaveCount(0);
  });

  await test.step("What the server refuses names the part", async () => {
    await page.getByRole("link", { name: "The check", exact: true }).click();
    await hydrated(page);
    await expect(page.getByText(/^Set by .*, with whose rights it runs\.$/)).toBeVisible();
    await page.getByLabel("Schedule").fill("0 6 31 2 *");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.locator("#f-schedule-error")).toContainText("never comes");
    expect(complaints.splice(0).join()).toContain("save_check");
  });

  await test.step("The next run says what changed", async () => {
    await go(page, "Sync", "Connections");
    const entry = card(page, `${right} export`);
    await entry.getByText("Change or test").click();
    await entry.getByLabel("Newer file").setInputFiles(csv(`${right} export`, LATER));
    await entry.getByRole("button", { name: "Take this file from now on" }).click();
    await hydrated(page);
    await go(page, "Sync", "Dashboard");
    const row = page.getByRole("table", { name: "Sync checks" }).getByRole("row").filter({ hasText: "Members on time" });
    await expect(row).toContainText("at 06:00 on weekdays, in UTC");
    await row.getByRole("button", { name: "Run" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    const drift = page.locator("#drift");
    await expect(drift).toBeVisible({ timeout: 30_000 });
    await expect(drift.getByRole("heading")).toContainText(/1 more different in .*1 more missing left/);
    await expect(drift).toContainText("new: `zip`");
    await expect(drift.getByRole("table").getByRole("row")).toHaveCount(2);
  });

  await test.step("The sync page marks it", async () => {
    await go(page, "Sync", "Dashboard");
    const row = page.getByRole("table", { name: "Sync checks" }).getByRole("row").filter({ hasText: "Members on time" });
    await row.getByRole("link", { name: /drifted since run/ }).click();
    await expect(page.locator("#drift")).toBeVisible();
  });
});
