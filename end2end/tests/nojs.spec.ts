//! With JavaScript off: comment, approve, sign, export and verify, by forms and links alone.

import { createOwner, download, fill, go, PASSWORD, verified, waiveErrors } from "../support/journey";
import { expect, test } from "../support/test";

test.use({ javaScriptEnabled: false });

test("a small plan is commented, approved, signed, exported and verified without scripts", async ({ page, server }) => {
  test.setTimeout(180_000);
  const own = await server();
  await createOwner(page, own.link);
  await fill(page, { Title: "Alone" });
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Alone" })).toBeVisible();

  await go(page, "Sign-off");
  const slots = page.getByRole("table", { name: "Slots and people" });
  for (const slot of ["Data owner", "Process owner", "Change lead", "Technical lead", "Privacy and security", "Sponsor"]) {
    const row = slots.getByRole("row").filter({ has: page.getByRole("group", { name: slot }) });
    await row.getByLabel("Ada Example").check();
    await row.getByRole("button", { name: "Set" }).click();
    await expect(row.getByLabel("Ada Example")).toBeChecked();
  }
  await waiveErrors(page, "Nothing is integrated here.");

  await go(page, "Sign-off");
  await fill(page, { "Comment on the plan as a whole": "All of it is empty on purpose." });
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByText("All of it is empty on purpose.")).toBeVisible();
  await fill(page, { "What should they look at": "Everything" });
  await page.getByRole("button", { name: "Request review" }).click();
  const approve = page.getByRole("button", { name: /^Approve as / });
  for (let left = 5; left > 0; left -= 1) {
    await expect(approve).toHaveCount(left);
    await approve.first().click();
  }
  await fill(page, { "Your password": PASSWORD });
  await page.getByRole("button", { name: "Sign version 1" }).click();
  await expect(page).toHaveURL(/\/p\/alone\/versions/);

  await go(page, "Export");
  const file = await download(page, page.getByRole("link", { name: "Download PDF" }));
  await verified(page, own, await file.path(), "Signed");
});
