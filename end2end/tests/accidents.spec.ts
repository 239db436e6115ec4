//! What happens to the server while it works for somebody: it is killed during a run, its disk is full.

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { card, connectFile, designCheck, fill, go, newCheck, upload } from "../support/journey";
import { noDisks } from "../support/server";
import { expect, hydrated, Server, signIn, test } from "../support/test";

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

/** A service that answers records, at once or when it is let go on. */
async function service(records: object[]): Promise<{ url: string; hold: () => { asked: Promise<void>; goOn: () => void }; close: () => void }> {
  let held: { asked: () => void; until: Promise<void> } | undefined;
  const http = createServer(async (_request, answer) => {
    held?.asked();
    await held?.until;
    answer.writeHead(200, { "content-type": "application/json" });
    answer.end(JSON.stringify({ data: records }));
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/records`,
    hold: () => {
      let [wasAsked, goOn] = [() => {}, () => {}];
      const asked = new Promise<void>((resolve) => (wasAsked = resolve));
      const until = new Promise<void>((resolve) => (goOn = resolve));
      held = { asked: wasAsked, until };
      return { asked, goOn };
    },
    close: () => http.close(),
  };
}

test("a server killed during a run takes it up again when it is back", async ({ page }) => {
  test.setTimeout(180_000);
  const data = await mkdtemp(join(tmpdir(), "plumbline-killed-"));
  const env = { PLUMBLINE_ALLOWED_TARGETS: "127.0.0.1" };
  const source = await service(Array.from({ length: 500 }, (_, n) => ({ no: `${n}`, name: `Name ${n}` })));
  try {
    let server = await Server.start({ data, demo: true, env });
    await signIn(page, server);
    await page.goto(`${server.url}/p/four-marketing-clouds/connections`);
    await hydrated(page);
    const form = card(page, "A REST service");
    await fill(form, { Name: "Slow service", "It is": "Test", "Address of the list": source.url, "Where the records are": "$.data" });
    await form.getByRole("button", { name: "Test and connect" }).click();
    await expect(page.getByRole("heading", { name: "Slow service" })).toBeVisible();
    await upload(page, "Its copy", records(500, 12));
    await designCheck(page, "Slow service", "Its copy");
    await fill(page, { Name: "Slowly", "Left column of key part 1": "no", "Right column of key part 1": "no" });
    await fill(page, { "Left column of pair 1": "name", "Right column of pair 1": "name" });
    const first = source.hold();
    await page.getByRole("button", { name: "Save and run" }).click();
    await expect(page).toHaveURL(new RegExp(`${RUNS}/\\d+$`));
    const run = new URL(page.url()).pathname;
    await first.asked;
    await page.goto("about:blank");
    await server.stop("SIGKILL");
    first.goOn();

    const second = source.hold();
    server = await Server.start({ data, env });
    await page.goto(`${server.url}${run}`);
    // Its worker is given half a minute to say that it is alive.
    await second.asked;
    const points = page.getByRole("table", { name: "Per data point", exact: true });
    await expect(points).toBeHidden();
    second.goOn();
    await expect(points).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 500 matched");
    // What the first attempt wrote is gone.
    const kept = readdirSync(join(data, "evidence"), { recursive: true }).map(String).filter((path) => path.endsWith(".parquet"));
    expect(kept.filter((path) => /^[^/]+\/1\//.test(path)).filter((path) => kept.some((other) => other.startsWith(`${path.split("/")[0]}/2/`)))).toEqual([]);
    await page.goto("about:blank");
    await server.stop();
  } finally {
    source.close();
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
