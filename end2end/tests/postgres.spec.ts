//! The same server with PostgreSQL behind it.

import { control, download, fill, go, save, verified } from "../support/journey";
import { expect, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const url = process.env["PLUMBLINE_TEST_POSTGRES_URL"];

test("the demo plan lives in PostgreSQL: it is read, edited, checked and exported", async ({ page, server }) => {
  test.skip(url === undefined, "PostgreSQL is not installed and PLUMBLINE_TEST_POSTGRES_URL is not set");
  test.setTimeout(120_000);
  const demo = await server({ demo: true, env: { PLUMBLINE_DATABASE_URL: url ?? "" } });
  await signIn(page, demo);
  await page.goto(`${demo.url}${ROOT}/items/data_point/D1`);
  await hydrated(page);
  await fill(page, { Unit: "pieces" });
  await save(page);
  await page.reload();
  await expect(control(page, "Unit")).toHaveValue("pieces");

  await go(page, "Sync");
  const check = page.getByRole("table", { name: "Sync checks" }).getByRole("row").filter({ hasText: "Customer: CRM" });
  await check.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("table", { name: "Per data point", exact: true })).toBeVisible({ timeout: 60_000 });

  await go(page, "Export");
  const file = await download(page, page.getByRole("link", { name: /^Download .*PDF/ }));
  await verified(page, demo, await file.path(), "A draft");
});
