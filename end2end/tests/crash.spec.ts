//! What was acknowledged survives the server being killed in the middle of writing.

import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOwner } from "../support/journey";
import { expect, Server, test } from "../support/test";

const KILLS = 20;

test("twenty kills in the middle of writing lose nothing acknowledged", async ({ page }) => {
  test.setTimeout(180_000);
  const data = await mkdtemp(join(tmpdir(), "plumbline-crash-"));
  const acknowledged: string[] = [];
  try {
    let server = await Server.start({ data });
    const link = () => /\(once\): (\S+)/.exec(server.output)?.[1] ?? "";
    await expect.poll(link).not.toBe("");
    await createOwner(page, link());
    const cookies = await page.context().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    await page.goto("about:blank"); // or it asks a server that is being killed for its pictures
    const form = await (await fetch(`${server.url}/plans`, { headers: { cookie } })).text();
    const action = /action="(\/api\/[^"]*create_plan[^"]*)"/.exec(form)?.[1];
    expect(action, "the form that starts a plan").toBeTruthy();

    for (let kill = 0; kill < KILLS; kill += 1) {
      let running = true;
      let first = () => {};
      // However slow the disk is, the kill comes in the middle of writes that are acknowledged.
      const writing = new Promise<void>((done) => (first = done));
      const writer = async (lane: number) => {
        for (let n = 0; running; n += 1) {
          const title = `Plan ${kill} ${lane} ${n}`;
          const answer = await fetch(`${server.url}${action}`, {
            method: "POST",
            headers: { cookie, origin: server.url, "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams({ title }),
            redirect: "manual",
          }).catch(() => undefined);
          if (!answer) return; // killed
          expect(answer.status, `the answer to starting “${title}”`).toBeLessThan(400);
          acknowledged.push(title.toLowerCase().replaceAll(" ", "-"));
          first();
        }
      };
      const writers = [0, 1, 2].map(writer);
      await Promise.race([writing, Promise.all(writers)]);
      await new Promise((done) => setTimeout(done, randomInt(150)));
      await server.stop("SIGKILL");
      running = false;
      await Promise.all(writers);
      server = await Server.start({ data });
    }

    expect(acknowledged.length, "each kill comes after something was acknowledged").toBeGreaterThanOrEqual(KILLS);
    const missing: string[] = [];
    for (const key of acknowledged) {
      const answer = await fetch(`${server.url}/p/${key}`, { headers: { cookie }, redirect: "manual" });
      await answer.text(); // a page that nobody reads keeps its place among the requests the server takes at once
      if (answer.status !== 200) missing.push(`${key}: ${answer.status}`);
    }
    expect(missing, `of ${acknowledged.length} acknowledged`).toEqual([]);
    await server.stop();
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
