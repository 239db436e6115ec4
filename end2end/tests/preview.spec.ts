//! Rules seen before they are agreed, expectations of format and quantity, and a finished run under other rules: with
//! scripts, where ticking counts at once, and without them, where saving and a form do.

import { type Page } from "@playwright/test";
import { control, designCheck, fill, upload } from "../support/journey";
import { expect, expectAccessible, hydrated, type Server, signIn, test } from "../support/test";

const CRM = "id,email,name,tier\n1,a@x.example,Ann ,gold\n2,B@X.example,Bob ,gold\n3,c@x.example,Cleo,silver\n4,d@x.example,dan,gold\n5,e@x.example,Dan,x\n";
const ERP = "id,email,name,tier\n1,a@x.example,Ann,gold\n2,b@x.example,Bob,gold\n3,c@x.example,Cleo,silver\n4,other@x.example,Dan,gold\n5,e@x.example,Dan,gold\n6,f@x.example,Fay,gold\n";

/** Connects both files and opens the form of a new check of them. */
async function design(page: Page, own: Server, scripts = true): Promise<void> {
  await signIn(page, own);
  await page.goto(`${own.url}/p/four-marketing-clouds/connections`);
  for (const [name, text] of [["People left", CRM], ["People right", ERP]] as const) {
    await upload(page, name, text, { scripts });
  }
  await designCheck(page, "People left", "People right", { scripts });
  await expect(page.getByRole("heading", { name: "5 · Format and quantity" })).toBeVisible();
}

/** The row of the pair whose left column is this one. */
async function pair(page: Page, column: string) {
  // Below the table, so that all of it has arrived: reading the values does not wait.
  await expect(page.getByRole("heading", { name: "5 · Format and quantity" })).toBeVisible();
  const rows = page.getByRole("table", { name: "Pairs of columns" }).getByRole("row");
  const columns = await rows.locator("select[name$='[left]']").evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value));
  return rows.nth(columns.indexOf(column) + 1);
}

test("ticking a rule is counted at once, expectations and other rules are seen on the run", async ({ page, server }) => {
  test.setTimeout(120_000);
  const own = await server({ demo: true });
  await design(page, own);
  await hydrated(page);
  await expect(page.getByText(/Counted on a sample: 5 records are on both sides, among all 5 rows of the left side and all 6 rows of the right/)).toBeVisible();

  const name = await pair(page, "name");
  await expect(name).toContainText("2 of 5 equal");
  await expect(name).toContainText("“Trim” would make 2 more equal and merge 0 values");
  await name.locator("summary").click();
  await name.getByLabel("Trim").check();
  await expect(name).toContainText("2 of 5 equal, 2 more by what is agreed, which merges 0 values");
  await expect(name).toContainText("“Ignore case” would make 1 more equal and merge 1 value");
  await name.getByLabel("Ignore case").check();
  await expect(name).toContainText("2 of 5 equal, 3 more by what is agreed, which merges 1 value");
  await name.getByLabel("Ignore case").uncheck();
  await expect(name).toContainText("“Ignore case” would make 1 more equal");
  await control(name, "Tolerance").fill("much");
  await control(name, "Tolerance").blur();
  await expect(name).toContainText("write it like 0.01");
  await control(name, "Tolerance").fill("");
  await control(name, "Tolerance").blur();
  await expect(name).toContainText("2 more by what is agreed");

  const expected = page.getByRole("table", { name: "What columns should hold" }).getByRole("row").nth(1);
  await expected.getByLabel("Left column of expectation 1").selectOption("tier");
  await expected.locator("summary").click();
  await control(expected, "Allowed values, one a line").fill("gold\nsilver");
  await fill(page, { "Left at least": "6", "Right at most": "6" });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save and run" }).click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);

  const format = page.getByRole("table", { name: "Format and quantity" });
  await expect(format.getByRole("row", { name: /tier/ })).toContainText("allowed values 1", { timeout: 30_000 });
  await expect(format.getByRole("row", { name: /tier/ }).getByRole("listitem")).toHaveText(["x"]);
  await expect(format.getByRole("row", { name: /at least 6/ })).toContainText("too few");
  await expect(format.getByRole("row", { name: /at most 6/ })).toContainText("as expected");

  const other = page.getByRole("table", { name: "The run under other rules" });
  await page.getByRole("heading", { name: "The same run under other rules" }).click();
  const row = other.getByRole("row", { name: /^name/ });
  await row.locator("summary").click();
  await row.getByLabel("Ignore case").check();
  await page.getByRole("button", { name: "Count with these rules" }).click();
  await expect(other.getByRole("row", { name: /^name/ })).toContainText("1 fewer differ");
  await expect(page.getByText(/2 of 5 matched records would be in sync on every point, as many as in this run/)).toBeVisible();
  await expectAccessible(page);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("saving shows what the agreed rules do", async ({ page, server }) => {
    const own = await server({ demo: true });
    await design(page, own, false);
    let name = await pair(page, "name");
    await expect(name).toContainText("“Trim” would make 2 more equal and merge 0 values");
    await name.locator("summary").click();
    await name.getByLabel("Trim").check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page).toHaveURL(/\/checks\/CK\d+$/);
    name = await pair(page, "name");
    await expect(name).toContainText("2 of 5 equal, 2 more by what is agreed, which merges 0 values");
  });
});
