//! What happens to the server while it works for somebody: it is killed during a run, its disk is full.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { connectFile, fill, go, newCheck } from "../support/journey";
import { noDisks } from "../support/server";
import { expect, Server, signIn, test } from "../support/test";

const RUNS = "/p/four-marketing-clouds/runs";

/** A file of so many records, with text that does not get smaller when it is packed. */
function records(rows: number, width: number): string {
  const lines = ["no,name"];
  for (let n = 0; n < rows; n += 1) lines.push(`${n},${randomBytes(width).toString("base64url")}`);
  return `${lines.join("\n")}\n`;
}

/** Designs a check of two such files and starts it. */
async function start(page: Page, left: string, right: string): Promise<void> {
  await connectFile(page, "CRM", left);
  await connectFile(page, "ERP", right);
  await newCheck(page, "CRM", "ERP");
  await fill(page, { Name: "Large files", "Left column of key part 1": "no", "Right column of key part 1": "no" });
  await fill(page, { "Left column of pair 1": "name", "Right column of pair 1": "name" });
  await page.getByRole("button", { name: "Save and run" }).click();
  await expect(page).toHaveURL(new RegExp(`${RUNS}/\\d+$`));
}

test("a server killed during a run takes it up again when it is back", async ({ page }) => {
  test.setTimeout(180_000);
  const data = await mkdtemp(join(tmpdir(), "plumbline-killed-"));
  try {
    let server = await Server.start({ data, demo: true });
    await signIn(page, server);
    await page.goto(`${server.url}/p/four-marketing-clouds`);
    const text = records(500_000, 24);
    await start(page, text, text);
    const run = new URL(page.url()).pathname;
    const points = page.getByRole("table", { name: "Per data point", exact: true });
    await expect(points).toBeHidden();
    await page.goto("about:blank");
    await server.stop("SIGKILL");

    server = await Server.start({ data });
    await page.goto(`${server.url}${run}`);
    await expect(points, "the run was not over").toBeHidden();
    // Its worker is given half a minute to say that it is alive.
    await expect(points).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 500 000 matched");
    await page.goto("about:blank");
    await server.stop();
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

test("a full disk ends a run in words, and the server goes on", async ({ page, server }) => {
  const missing = noDisks();
  test.skip(missing !== undefined, missing);
  test.setTimeout(180_000);
  const demo = await server({ demo: true, disk: "64m" });
  await signIn(page, demo);
  await page.goto(`${demo.url}/p/four-marketing-clouds`);
  const text = records(150_000, 96);
  await start(page, text, text);
  await expect(page.getByText(/No space left/)).toBeVisible({ timeout: 60_000 });

  // What the run had written is gone; what is small enough runs.
  await go(page, "Sync", "Dashboard");
  const small = page.getByRole("table", { name: "Sync checks" }).getByRole("row").filter({ hasText: "Customer: CRM" });
  await small.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("table", { name: "Per data point", exact: true })).toBeVisible({ timeout: 60_000 });
});
