//! The whole of the way on the demo plan: from signing in, through every gate, to a verified PDF and the
//! comparison of two versions. Six people take part, as the demo names them.

import { readFile } from "node:fs/promises";
import { type Locator, type Page } from "@playwright/test";
import { add, card, download, fill, go, plumbline, save, somebody, verified, waiveErrors } from "../support/journey";
import { expect, expectAccessible, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const at = (name: string) => `${name}@harbour-outfitters.example`;

test("the demo plan goes from sign-in to a verified PDF", async ({ browser, complaints, page, server }) => {
  test.setTimeout(300_000);
  const demo = await server({ demo: true });
  const link = (name: string | RegExp) => page.getByRole("link", { name, exact: true });
  const as = (name: string) => somebody(browser, demo, at(name), complaints);

  await test.step("Sign in, see where one is signed in, sign out, come back", async () => {
    await signIn(page, demo);
    await hydrated(page);
    await page.getByRole("link", { name: "Ana Novak" }).click();
    const sessions = page.getByRole("table", { name: "Your sessions" });
    await expect(sessions.getByText("(this one)")).toBeVisible();
    await sessions.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    await page.goto(`${demo.url}${ROOT}`);
    await expect(page).toHaveURL(/\/sign-in/);
    const again = new URL(plumbline(demo, "user", "link", at("ana.novak")).trim()).pathname;
    await page.goto(`${demo.url}${again}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/plans$/);
    await hydrated(page);
  });

  await test.step("The plan: five gates, what stands in the way, what happened", async () => {
    const row = page.getByRole("table", { name: "Plans" }).getByRole("row").filter({ hasText: "Four marketing clouds" });
    await expect(row).toContainText(/\d of 5/);
    await row.getByRole("link", { name: "Four marketing clouds" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Four marketing clouds" })).toBeVisible();
    for (const gate of ["Data", "Process & flow", "Sync", "Trial", "Sign-off"]) {
      await expect(page.getByRole("heading", { level: 2, name: gate })).toBeVisible();
    }
    await expect(page.getByRole("region", { name: "Next" }).getByRole("link")).toBeVisible();
    await expect(card(page, "Lately").getByRole("listitem").first()).toBeVisible();
  });

  await test.step("Gate 1: a point is described better, the conflict of its truth is settled", async () => {
    await go(page, "Data");
    await page.getByRole("navigation", { name: "Show" }).getByRole("link", { name: /^Conflicts/ }).click();
    const grid = page.getByRole("table", { name: "Data points by business object" });
    await expect(grid.getByRole("link", { name: "E-mail", exact: true })).toBeVisible();
    await page.getByRole("navigation", { name: "Show" }).getByRole("link", { name: /^All/ }).click();
    await link("Date of birth").click();
    const details = page.getByRole("complementary", { name: "Details of Date of birth" });
    await expect(details).toContainText("Day of birth, where the customer gives it.");
    await details.getByRole("link", { name: "Open the full page" }).click();
    await fill(page, { Format: "YYYY-MM-DD, no time" });
    await save(page);

    await go(page, "Data", "Sources of truth");
    const conflict = page.locator("#conflicts").getByRole("alert").filter({ hasText: "E-mail" });
    await expect(conflict).toContainText("CRM");
    await expect(conflict).toContainText("Marketing Cloud");
    await conflict.getByText("Resolve…").click();
    await fill(conflict, { "Way out": "One wins" });
    await conflict.getByRole("radio", { name: /^CRM/ }).check();
    await fill(conflict, { Why: "The call centre asks on every call; what bounces goes to the CRM.", "Decided by": "Mira Kern, Tom Silva" });
    await conflict.getByRole("button", { name: "Settle it" }).click();
    await expect(conflict).toBeHidden();
  });

  await test.step("Findings: each leads to its rule and to the place to mend; some mend themselves", async () => {
    await go(page, "Findings");
    const findings = page.getByRole("table", { name: "Findings" });
    await findings.getByRole("link", { name: "SYN-001" }).first().click();
    await expect(page.getByText("in fact not synchronised")).toBeVisible();
    await page.goBack();
    const manual = findings.getByRole("row").filter({ hasText: "SYN-001" });
    await expect(manual).toHaveCount(2);
    await manual.first().getByRole("button", { name: "Record it as not synchronised" }).click();
    await expect(manual).toHaveCount(1);
    await manual.first().getByRole("button", { name: "Record it as not synchronised" }).click();
    await expect(manual).toHaveCount(0);
  });

  await test.step("Gate 2: processes, flows, change and risks as they are", async () => {
    await go(page, "Process & flow");
    await page.getByRole("table", { name: "Processes" }).getByRole("link").first().click();
    await expect(page.locator(".swim-card").getByRole("img")).toBeVisible();
    await page.getByRole("navigation", { name: "Pictures" }).getByRole("link", { name: "To be" }).click();
    await expect(page).toHaveURL(/as=to_be/);
    await go(page, "Process & flow", "Flows");
    await expect(page.getByRole("table", { name: "Mapping lines" }).first()).toBeVisible();
    await go(page, "Process & flow", "Change");
    await add(page, link("New message"), {
      Title: "What changes for the outlet",
      Audience: ["Outlet"],
      Stage: "Awareness",
      Message: "Consents are written once, in your cloud.",
      Sender: "Dana Whitlock",
      Channel: "Team meeting",
      Date: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10),
      Owner: "Dana Whitlock",
    });
    await go(page, "Process & flow", "Effects & risks");
    await expect(page.getByRole("table", { name: "Risks" })).toBeVisible();
  });

  await test.step("Gate 3: a check runs, its dashboard leads to the records", async () => {
    await go(page, "Sync");
    const check = page.getByRole("table", { name: "Sync checks" }).getByRole("row").filter({ hasText: "Customer: CRM" });
    await check.getByRole("button", { name: "Run" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    const points = page.getByRole("table", { name: "Per data point", exact: true });
    await expect(page.getByRole("progressbar", { name: "Progress of the check" }).or(points)).toBeVisible();
    await expect(points).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("link", { name: /^Only in CRM/ })).toContainText("20");
    await expect(page.getByRole("link", { name: /^Duplicate keys in/ })).toContainText("18");
    await expectAccessible(page);

    await points.getByRole("row").filter({ hasText: "E-mail" }).getByRole("link", { name: "412" }).click();
    const differences = page.getByRole("table", { name: "Differences" });
    await expect(page.getByText("412 entries")).toBeVisible();
    await expect(differences.locator("mark").first()).toBeVisible();
    await differences.locator("td.record a").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Record ");
    await page.goBack();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" }).click();
    await expect(page.getByText("51–100 of 412")).toBeVisible();
    await page.getByLabel("Cause").selectOption("case");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page.getByText("388 entries")).toBeVisible();
    await hydrated(page);
    const listed = await download(page, link("Download these"));
    expect((await readFile(await listed.path(), "utf8")).split("\n").length).toBeGreaterThan(388);
  });

  await test.step("Gate 3: what happens to existing data is decided", async () => {
    await go(page, "Sync", "Decisions");
    const open = page.getByRole("link", { name: /^Decide( for these)?$/ });
    await expect(open.first()).toBeVisible();
    for (let left = await open.count(); left > 0; left -= 1) {
      await decide(page, open.first());
      await expect(open).toHaveCount(left - 1);
    }
  });

  await test.step("Gate 4: four questions, each with evidence", async () => {
    await go(page, "Trial");
    for (const code of ["format", "code", "write", "apis"]) {
      const question = page.locator(`#q-${code}`);
      await question.getByRole("link", { name: /^(Answer|Change or add evidence)$/ }).click();
      await fill(question, { Answer: "Yes", "Answered by": "Rui Barros", "What was learnt": "Tried on the test systems of today." });
      await question.getByRole("button", { name: "Save the answer" }).click();
      await expect(question).toContainText("yes, ");
      if (code === "code") {
        await question.getByLabel("A file").setInputFiles({ name: "trial.log", mimeType: "text/plain", buffer: Buffer.from("5 000 rows\n") });
        await fill(question, { "What it shows": "The log of the trial." });
        await question.getByRole("button", { name: "Upload and link" }).click();
      } else if (code === "format") {
        await question.getByRole("button", { name: "Link the run" }).click();
      } else {
        await fill(question, { "A note": "Seen in the test environment." });
        await question.getByRole("button", { name: "Link the note" }).click();
      }
      await expect(question).toContainText("yes, and shown");
      await hydrated(page);
      await question.getByRole("link", { name: "Done" }).click();
    }
    await expect(page.getByText("4 of 4 questions answered with evidence")).toBeVisible();
  });

  await test.step("Gate 5: the sponsor excuses what remains, a review is requested", async () => {
    // An editor is told whose it is to excuse an error.
    await go(page, "Findings");
    await page.getByRole("link", { name: /^Errors/ }).click();
    await expect(page.getByText(/^An error: only .*the sponsor may waive it$/).first()).toBeVisible();
    const sponsor = await as("ines.castro");
    await sponsor.getByRole("link", { name: "Four marketing clouds" }).first().click();
    expect(await waiveErrors(sponsor, "Known and accepted for the first version.")).toBeGreaterThan(0);
    await sponsor.context().close();
    await go(page, "Sign-off");
    await fill(page, { "What should they look at": "The decision about customers between CRM and ERP" });
    await page.getByRole("button", { name: "Request review" }).click();
    await expect(page.getByText("0 of 5 parts approved")).toBeVisible();
  });

  await test.step("Gate 5: everybody approves their part", async () => {
    const parts = [
      ["mira.kern", "data owner"],
      ["tom.silva", "process owner"],
      ["dana.whitlock", "change lead"],
      ["rui.barros", "technical lead"],
      ["kofi.mensah", "privacy and security"],
    ];
    for (const [n, [name, part]] of parts.entries()) {
      const reviewer = await as(name);
      await reviewer.getByRole("link", { name: "Four marketing clouds" }).first().click();
      await go(reviewer, "Sign-off");
      if (n === 0) {
        await fill(reviewer, { "Comment on the plan as a whole": "Thank you for the twenty-four addresses." });
        await reviewer.getByRole("button", { name: "Comment", exact: true }).click();
        await expect(reviewer.getByText("Thank you for the twenty-four addresses.")).toBeVisible();
      }
      await expect(reviewer.getByRole("button", { name: /^Approve as / })).toHaveCount(1);
      await reviewer.getByRole("button", { name: `Approve as ${part}` }).click();
      await expect(reviewer.getByText(`${n + 1} of 5 parts approved`)).toBeVisible();
      await reviewer.context().close();
    }
  });

  const ines = await as("ines.castro");

  await test.step("Gate 5: the sponsor signs exactly what is shown", async () => {
    await ines.getByRole("link", { name: "Four marketing clouds" }).first().click();
    await go(ines, "Sign-off");
    await expect(ines.getByText("Nothing stands in the way")).toBeVisible();
    // People of the demo have no passwords: the link she came in by proves who she is.
    await expect(ines.getByText("the one-time link you came in by proves who you are")).toBeVisible();
    const root = await ines.locator("#sign .hash").innerText();
    await ines.getByRole("button", { name: "Sign version 1" }).click();
    await expect(ines).toHaveURL(new RegExp(`${ROOT}/versions`));
    await expect(card(ines, "Version 1")).toContainText(root);
    await expect(card(ines, "Version 1")).toContainText("Ines Castro");
  });

  await test.step("Export, and verify without an account", async () => {
    await go(ines, "Export");
    const anybody = await browser.newPage();
    for (const [format, kind] of [["PDF", "pdf"], ["Markdown", "md"]]) {
      const file = await download(ines, ines.getByRole("link", { name: `Download ${format}` }));
      const name = `four-marketing-clouds-v1.${kind}`;
      expect(file.suggestedFilename()).toBe(name);
      const bytes = await readFile(await file.path());
      await verified(anybody, demo, { name, bytes }, "Signed");
      await verified(anybody, demo, { name, bytes: altered(bytes) }, "Altered");
    }
    await anybody.close();
    await ines.context().close();
  });

  await test.step("A signed version cannot change; revising starts the next one, and the two compare", async () => {
    await go(page, "Versions");
    await page.getByRole("button", { name: "Revise: start version 2" }).click();
    await expect(page).toHaveURL(new RegExp(`${ROOT}$`));
    await link("Edit the plan's sheet").click();
    await fill(page, { Lead: "Rui Barros" });
    await save(page);
    await go(page, "Versions");
    await link("Compare with the draft").click();
    await expect(page.getByText("1 item differs")).toBeVisible();
    const changes = page.getByRole("table", { name: /What changed/ });
    await expect(changes.getByRole("row").filter({ hasText: "Lead" })).toContainText("Rui Barros");
  });
});

/** Decides about existing data that nobody has decided about yet. */
async function decide(page: Page, opener: Locator): Promise<void> {
  await opener.click();
  const way = (name: string) => page.locator("section").filter({ has: page.getByRole("radio", { name }) }).last();
  await page.getByRole("radio", { name: "Accept as it is" }).check();
  await fill(way("Accept as it is"), { For: "Nothing to do now", Against: "Exceptions for years", Hours: "20" });
  await fill(way("Clean up by hand"), { For: "Few enough", Against: "Weeks of work", Hours: "60" });
  await fill(page, {
    "Why this way": "The ERP keeps what finance needs; new data is right from the cut-over on.",
    "Decided by": "Mira Kern",
    "Cut-over": "2027-05-01",
  });
  const decide = page.getByRole("button", { name: "Decide", exact: true });
  await decide.click();
  await expect(decide).toBeHidden();
}

/** The same file with one byte changed in its middle. */
function altered(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
