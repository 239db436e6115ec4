//! The decision about existing data: what runs say before it, what overwriting would do, the number that has to be
//! typed where values are lost, and whom the obligations of accepting go to.

import { add, card, designCheck, fill, go, upload } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
// The source lacks the e-mail of 2; the destination has another tier for 1 and lacks that of 3.
const SOURCE = "id,email,tier\n1,a@x.example,gold\n2,,gold\n3,c@x.example,gold\n";
const DESTINATION = "id,email,tier\n1,a@x.example,silver\n2,b@x.example,gold\n3,c@x.example,\n";

test("existing data is decided about with what was measured in sight", async ({ complaints, page, server }) => {
  test.setTimeout(120_000);
  const own = await server({ demo: true });
  await signIn(page, own);
  await page.goto(`${own.url}${ROOT}/connections`);
  await hydrated(page);

  await test.step("Two lists of members are compared", async () => {
    await page.goto(`${own.url}${ROOT}/items/business_object`);
    await hydrated(page);
    await add(page, page.getByRole("link", { name: /^New / }).first(), { Name: "Club member" });
    await page.goto(`${own.url}${ROOT}/connections`);
    await hydrated(page);
    await upload(page, "Register", SOURCE);
    await upload(page, "Accounts", DESTINATION);
    await designCheck(page, "Register", "Accounts");
    await fill(page, { Name: "Members", Object: "Club member" });
    await fill(page, { "Left column of key part 1": "id", "Right column of key part 1": "id" });
    await page.getByRole("button", { name: "Save and run" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByRole("table", { name: "Per data point", exact: true })).toBeVisible({ timeout: 30_000 });
  });

  const members = card(page, "Club member");
  await test.step("Preconditions say met, not met and not known", async () => {
    await go(page, "Sync", "Decisions");
    const condition = (words: string) => members.getByRole("listitem").filter({ hasText: words });
    await expect(condition("The source is robust")).toHaveText(/^\s*met .*records have a usable key/);
    await expect(condition("compared values")).toContainText("not met 83.3 % of its 6 compared values");
    await expect(condition("the identifier links")).toHaveText(/^\s*not known/);
    await expect(condition("Of the values of the destination")).toContainText("1 would be replaced and 1 lost");
    await expect(members.getByRole("table", { name: "Exceptions to expect" })).toContainText("one run shows a state and no rate");
    await expectAccessible(page);
  });

  await test.step("Overwriting is looked at value by value", async () => {
    await members.getByRole("link", { name: "See what overwriting would do, value by value" }).click();
    const points = page.getByRole("table", { name: "What overwriting would do, per data point" });
    await expect(points.getByRole("row").filter({ hasText: "E-mail" })).toContainText(/E-mail\s*0\s*1\s*0/);
    const values = page.getByRole("table", { name: "Values", exact: true });
    // A personal data point: that there is a value is shown, and not which.
    await expect(values).toContainText("•••");
    await expect(values).not.toContainText("b@x.example");
    await page.getByRole("link", { name: "would be replaced", exact: true }).click();
    await expect(values).toContainText("silver");
    await expectAccessible(page);
    await points.getByRole("row").filter({ hasText: "E-mail" }).getByRole("link").click();
    await expect(page).toHaveURL(/differences\?class=different&field=\d+&filled=right/);
    await expect(page.getByText("1 entry")).toBeVisible();
  });

  await test.step("A loss is typed before it is decided", async () => {
    await go(page, "Sync", "Decisions");
    await members.getByRole("link", { name: "Decide for these" }).click();
    await hydrated(page);
    await members.getByRole("radio", { name: "Overwrite" }).check();
    await fill(members, { "Why this way": "The register is looked after" });
    await members.getByRole("button", { name: "Decide", exact: true }).click();
    await expect(members.getByText(/type 1$/)).toBeVisible();
    expect(complaints.splice(0).join()).toContain("decide_history");
    await fill(members, { "Values that will be lost": "1" });
    await members.getByRole("button", { name: "Decide", exact: true }).click();
    await expect(members.getByText("confirmed by typing the number")).toBeVisible();
  });
});
