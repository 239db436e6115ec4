//! The tables of a connected system: its columns are looked at, hidden where they hold protected values, and recorded as
//! fields of data points; what they differ in from what is recorded is told and taken over.

import { card, fill, save, upload } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const ROWS = "Shelf Mark,Remark\nA-1,first\nA-2,second\n";

test("columns of a connected system become fields of data points", async ({ page, server }) => {
  const own = await server({ demo: true });
  await signIn(page, own);
  await page.goto(`${own.url}${ROOT}/items/data_point/new`);
  await hydrated(page);
  await fill(page, { Name: "Shelf mark" });
  await page.getByRole("button", { name: /^Add / }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^New / })).toBeHidden();

  await page.goto(`${own.url}${ROOT}/connections`);
  await hydrated(page);
  await upload(page, "Shelves", ROWS);
  await card(page, "Shelves").getByRole("link", { name: "its tables and columns" }).click();

  const columns = page.getByRole("table", { name: "Columns", exact: true });
  await expect(page.getByRole("table", { name: "Rows", exact: true })).toContainText("second");
  const proposed = columns.getByLabel("Data point of Shelf Mark");
  await expect(proposed.locator("option:checked")).toContainText("Shelf mark");
  await expect(columns.getByLabel("Data point of Remark")).toHaveValue("");
  await expectAccessible(page);

  await hydrated(page);
  const instance = page.getByLabel("The fields belong to");
  await instance.selectOption({ index: 1 });
  await page.getByRole("button", { name: "Record as fields" }).click();
  // The connection is no test environment of anything, so that the page cannot know the field; the plan does.
  await expect(page.getByText("1 field was recorded")).toBeVisible();
  await page.goto(`${own.url}${ROOT}/items/occurrence?q=Shelf`);
  await expect(page.getByRole("main")).toContainText("Shelf Mark");
  await expect(page.getByRole("main")).not.toContainText("loyalty_no");
});

test("what the system says otherwise is told, and taken over by a press", async ({ page, server }) => {
  const own = await server({ demo: true });
  await signIn(page, own);
  await page.goto(`${own.url}${ROOT}/connections`);
  await hydrated(page);
  await card(page, "CRM test").getByRole("link", { name: "its tables and columns" }).click();
  await page.getByRole("table", { name: "Tables", exact: true }).getByRole("link", { name: "customer", exact: true }).click();
  const columns = page.getByRole("table", { name: "Columns", exact: true });
  const points = columns.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "points", exact: true }) });
  await expect(points).toContainText("INTEGER");
  await expect(columns.getByText("recorded as")).toHaveCount(0);
  const tables = page.url();
  await points.getByRole("link").click();
  await fill(page, { "Physical type": "varchar" });
  await save(page);

  await page.goto(tables);
  await expect(points).toContainText("recorded as varchar; here INTEGER");
  await expect(page.getByText("1 field differs from what is recorded")).toBeVisible();
  await expectAccessible(page);
  await hydrated(page);
  await points.getByRole("button", { name: "Take over from the system" }).click();
  await expect(page.getByText("1 field was taken over from the system")).toBeVisible();
  await expect(columns.getByText("recorded as")).toHaveCount(0);
});
