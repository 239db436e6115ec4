//! The `test` that every spec imports: it hands out servers, and fails when the browser complains.

import { readFileSync } from "node:fs";
import { type BrowserContext, type ConsoleMessage, expect, type Page, test as base } from "@playwright/test";
import { type Options, Server } from "./server";

export { expect, Server };

type PerTest = {
  /** Starts a server that belongs to this test alone. */
  server: (options?: Options) => Promise<Server>;
  /** What the browser complained about so far; must be empty at the end. A test that provokes a
   *  complaint removes it from here. */
  complaints: string[];
};

type PerWorker = {
  /** One demo server for all tests that only read, with the owner's session. */
  demo: { url: string; session: Awaited<ReturnType<BrowserContext["storageState"]>> };
};

export const test = base.extend<PerTest, PerWorker>({
  server: async ({ context }, use) => {
    const servers: Server[] = [];
    await use(async (options) => {
      const server = await Server.start(options);
      servers.push(server);
      return server;
    });
    // A page that is still loading would complain that its server is gone.
    for (const page of context.pages()) await page.goto("about:blank");
    for (const server of servers) await server.stop();
  },

  demo: [
    async ({ browser }, use) => {
      const server = await Server.start({ demo: true });
      const context = await browser.newContext();
      const page = await context.newPage();
      await signIn(page, server);
      const session = await context.storageState();
      await context.close();
      await use({ url: server.url, session });
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      watch(context, complaints);
      await use(complaints);
      expect(complaints, "the browser complained").toEqual([]);
    },
    { auto: true },
  ],
});

/** Collects errors of the console, of scripts and of the content security policy. Contexts that a
 *  test opens itself are watched by calling this. */
export function watch(context: BrowserContext, complaints: string[]): void {
  // Ten frames, as usual, do not reach from the framework to the view that a complaint is about.
  void context.addInitScript(() => { Error.stackTraceLimit = 100; });
  context.on("console", (message: ConsoleMessage) => {
    // A blocked script or style is reported as an error, or as a warning where it is only reported.
    if (message.type() === "error" || /content.security.policy|hydration/i.test(message.text())) {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url}) on ${message.page()?.url()}`);
    }
  });
  context.on("weberror", (error) => complaints.push(`page error on ${error.page()?.url()}: ${error.error().stack ?? error.error().message}`));
}

/** Opens the one-time link that a server printed, and returns when its owner is signed in. */
export async function signIn(page: Page, server: Server): Promise<void> {
  if (!server.link) throw new Error(`the server printed no sign-in link:\n${server.output}`);
  await page.goto(server.link);
  // Opening the link alone does not use it up: previews open links too.
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}

/** Waits until the page answers to clicks: its script has taken over what the server rendered. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

type Violation = { id: string; impact: string | null; help: string; nodes: { target: unknown[] }[] };

/** Fails when the page has a serious or critical accessibility fault. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, help, nodes }) => `${impact}: ${help} (${id}) at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
  expect(serious, `accessibility of ${page.url()}`).toEqual([]);
}
