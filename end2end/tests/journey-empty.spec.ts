//! From an empty database to a signed, exported and verified plan, with two uploaded files that differ
//! in known ways: the whole of the way through the pages, by the three people of a small club.

import { type Page } from "@playwright/test";
import { add, card, connectFile, createOwner, download, fill, fillRow, go, newCheck, PASSWORD, save, verified, waiveErrors } from "../support/journey";
import { expect, hydrated, test, watch } from "../support/test";

const TITLE = "Members in the newsletter";
const ROOT = "/p/members-in-the-newsletter";

/** Right by definition. */
const REGISTER = `no,name,mail
1001,Ada Byron,ada@example.org
1002,Ben Okri,ben@example.org
1003,Chen Wei,chen@example.org
1004,Dora Maar,dora@example.org
1005,Émile Zola,emile@example.org
1006,Frida Kahlo,frida@example.org
`;

/** The copy: one e-mail in capitals, one other e-mail, one blank too many, 1005 missing, 1007 unknown. */
const NEWSLETTER = `member;name;email
1001;Ada Byron;ada@example.org
1002;Ben Okri;BEN@example.org
1003;Chen  Wei;chen@example.org
1004;Dora Maar;dora@old.example
1006;Frida Kahlo;frida@example.org
1007;Greta Garbo;greta@example.org
`;

test("a plan goes from an empty database to a verified PDF", async ({ browser, complaints, page, server }) => {
  test.setTimeout(300_000);
  const own = await server();
  const link = (name: string | RegExp) => page.getByRole("link", { name, exact: true });
  const at = async (path: string) => {
    await page.goto(`${own.url}${path}`);
    await hydrated(page);
  };

  await test.step("Set-up: an owner, two more people", async () => {
    await createOwner(page, own.link);
    await expect(page).toHaveURL(/\/plans$/);

    await at("/account");
    await expect(page.getByRole("table", { name: "Your sessions" }).getByText("(this one)")).toBeVisible();
    await page.getByRole("table", { name: "Your sessions" }).getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    await signInWithPassword(page, "ada@example.org");

    await at("/account");
    const people = page.getByRole("table", { name: "People" });
    for (const [name, email] of [["Ben Example", "ben@example.org"], ["Cleo Example", "cleo@example.org"]]) {
      await fill(card(page, "Add a person"), { Name: name, "E-mail": email, "First password": PASSWORD });
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await expect(people.getByRole("cell", { name: email })).toBeVisible();
    }
  });

  await test.step("A plan begins", async () => {
    await link("Plumbline").click();
    await expect(page.getByRole("heading", { name: "No plan yet" })).toBeVisible();
    await fill(page, { Title: TITLE });
    await page.getByRole("button", { name: "Start" }).click();
    await expect(page).toHaveURL(new RegExp(`${ROOT}$`));
    await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
    await expect(page.getByText("0 of 5 gates pass").first()).toBeVisible();
    await link("Edit the plan's sheet").click();
    await fill(page, {
      Purpose: "Nobody retypes addresses any more.",
      Sponsor: "Ben Example",
      Lead: "Ada Example",
      "Could this be simpler?": "The register could send the newsletter itself; it cannot.",
      "Answered by": "Ada Example",
    });
    await save(page);
  });

  await test.step("Gate 1: systems, data points, where they live, which is right", async () => {
    await go(page, "Data", "Systems");
    for (const name of ["Register", "Newsletter"]) {
      await add(page, link("New system"), { Name: `${name} software`, Vendor: "Club tools" });
      await add(page, link("New instance"), {
        Name: name,
        System: `${name} software`,
        "Business owner": "Cleo Example",
        "Technical owner": "Ada Example",
        Interface: "File",
        "Test environment": "Full",
      });
    }
    await go(page, "Data", "Data points");
    await add(page, link("New object"), {
      Name: "Member",
      Definition: "A person who has paid this year.",
      Owner: "Cleo Example",
      Steward: "Ada Example",
    });
    const points = [
      ["Number", "What the club gave the member.", "1001", "no", "member"],
      ["Name", "As the member writes it.", "Ada Byron", "name", "name"],
      ["E-mail", "Where the newsletter goes.", "ada@example.org", "mail", "email"],
    ];
    for (const [name, definition, example, here, there] of points) {
      await go(page, "Data", "Data points");
      await add(page, link("New point"), {
        Name: name,
        Object: "Member",
        Definition: definition,
        Type: "Text",
        Examples: example,
        Class: "Internal",
      });
      await link(name).click();
      const details = page.getByRole("complementary", { name: `Details of ${name}` });
      for (const [instance, table, field] of [["Register", "members", here], ["Newsletter", "subscribers", there]]) {
        await add(page, details.getByRole("link", { name: "Add a place" }), {
          Instance: instance,
          Table: table,
          Field: field,
          "Physical type": "text",
        });
        await expect(details).toContainText(`${table}.${field}`);
      }
      await add(page, details.getByRole("link", { name: "Propose a truth" }), {
        Wins: `Register members.${here}`,
        State: "Agreed",
        Rationale: "Members correct it there.",
        "Agreed by": "Cleo Example\nAda Example",
      });
      await expect(page.getByRole("row").filter({ has: link(name) })).toContainText("Register");
    }
    await go(page, "Data", "Sources of truth");
    for (const [instance, role] of [["Register", "System of record"], ["Newsletter", "Copy"]]) {
      await add(page, link("New record role"), { Object: "Member", Instance: instance, Role: role });
    }
    await go(page, "Data", "Systems");
    await link("Identifiers").click();
    await add(page, link("New identifier").first(), {
      Name: "Member number",
      Object: "Member",
      Kind: "Surrogate",
      Fields: ["Register members.no", "Newsletter subscribers.member"],
      "Stored in": ["Register", "Newsletter"],
    });
  });

  await test.step("Gate 2: a process told, observed and to be; a flow; who hears of it", async () => {
    await go(page, "Process & flow", "Change");
    await link("Teams").click();
    await add(page, link("New team").first(), { Name: "Office", People: "3", Lead: "Cleo Example" });
    await at(`${ROOT}/process`);
    await add(page, link("New process"), {
      Name: "A member moves",
      Owner: "Cleo Example",
      Purpose: "Mail reaches everybody.",
      Frequency: "Twice a week",
    });
    const pictures: [string, string[]][] = [
      ["As told", ["Correct the register", "Retype into the newsletter"]],
      ["As observed", ["Correct the register", "Write it on a list", "Retype into the newsletter"]],
      ["To be", ["Correct the register"]],
    ];
    for (const [picture, steps] of pictures) {
      await go(page, "Process & flow", "Processes");
      await link("A member moves").click();
      const tabs = page.getByRole("navigation", { name: "Pictures" });
      await tabs.getByRole("link", { name: picture }).click();
      await add(page, link("Start this picture"), { Source: "The office", "Agreed by": "Cleo Example" });
      for (const [place, step] of steps.entries()) {
        await add(page, link("Add a step"), {
          Step: step,
          "Step key": step.toLowerCase().replaceAll(" ", "-"),
          Place: String(place + 1),
          Team: "Office",
          Kind: "By hand",
          Systems: ["Register"],
          Minutes: "5",
          "Times a week": "2",
        });
      }
      await expect(page.getByRole("table", { name: "Steps" }).getByRole("link", { name: steps.at(-1) })).toBeVisible();
      await expect(page.locator(".swim-card").getByRole("img")).toBeVisible();
    }
    await add(page, link("Record a walk-through"), { "Led by": "Ada Example", How: "At the desk" }, async () => {
      await fillRow(page, "Participants", 0, { Name: "Cleo Example", "Does this work": true, Attested: true });
      await fillRow(page, "Cases", 0, { Case: "Frida moved to Coyoacán" });
    });

    await go(page, "Process & flow", "Flows");
    await add(page, link("New flow"), {
      Name: "Members to the newsletter",
      From: "Register",
      To: "Newsletter",
      Processes: ["A member moves"],
      Direction: "One way",
      Trigger: "Schedule",
      Timing: "Batch",
      Writes: "Create or update",
      "Finds records by": "Member number",
      "Records a week": "20",
      "When a record fails": "It goes to the list of the office.",
      "Exceptions go to": "Cleo Example",
      "When it is down": "It catches up the next night.",
    });
    for (const [from, to] of [["no", "member"], ["name", "name"], ["mail", "email"]]) {
      await add(page, card(page, "Members to the newsletter").getByRole("link", { name: "Add a line" }), {
        Target: `Newsletter subscribers.${to}`,
        Sources: [`Register members.${from}`],
        Conversion: "Copy",
        "Empty values": "Leave as it is",
      });
    }
    await expect(card(page, "Members to the newsletter").getByRole("row")).toHaveCount(4);

    await go(page, "Process & flow", "Change");
    await add(page, link("New message"), {
      Title: "No more retyping",
      Audience: ["Office"],
      Stage: "Awareness",
      Message: "From May on the newsletter follows the register.",
      Sender: "Ben Example",
      Channel: "E-mail",
      Owner: "Cleo Example",
    });
    await go(page, "Process & flow", "Effects & risks");
    await add(page, link("New risk"), { Risk: "A wrong address spreads", Probability: "2", Impact: "3", Owner: "Cleo Example", Response: "Accept" });
    await add(page, link("New effect"), { Effect: "The annual report counts other addresses", "Data point": "E-mail", Certainty: "Likely" });
    await add(page, link("New opportunity"), { Opportunity: "Birthday greetings", Benefit: "Members like them" });
  });

  await test.step("Gate 3: two files, a claim, a check, its dashboard, a decision", async () => {
    await connectFile(page, "Register", REGISTER);
    await connectFile(page, "Newsletter", NEWSLETTER);
    await newCheck(page, "Register", "Newsletter");
    await fill(page, { Name: "Members: register ↔ newsletter", Object: "Member" });
    await fill(page, { "Left column of key part 1": "no", "Right column of key part 1": "member" });
    const pairs = [["Name", "name", "name"], ["E-mail", "mail", "email"]];
    for (const [n, [point, left, right]] of pairs.entries()) {
      await fill(page, {
        [`Data point of pair ${n + 1}`]: point,
        [`Left column of pair ${n + 1}`]: left,
        [`Right column of pair ${n + 1}`]: right,
      });
    }
    const agreed = page.locator("details.agreed").first();
    await agreed.locator("summary").click();
    await agreed.getByLabel("Inner white space").check();
    await page.getByRole("button", { name: "Save and run" }).click();
    await expect(page).toHaveURL(/\/runs\/1$/);

    const points = page.getByRole("table", { name: "Per data point", exact: true });
    const row = (name: string) => points.getByRole("row").filter({ hasText: name });
    await expect(row("Name")).toContainText(/4\s*1\s*0/);
    await expect(row("E-mail")).toContainText(/3\s*0\s*2/);
    await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 5 matched");
    await expect(page.getByRole("link", { name: /Only in Register/ })).toContainText("1");
    await expect(page.getByRole("link", { name: /Only in Newsletter/ })).toContainText("1");
    await row("E-mail").getByRole("link", { name: "2", exact: true }).click();
    const differences = page.getByRole("table", { name: "Differences" });
    await expect(differences.getByRole("row")).toHaveCount(3);
    await expect(differences).toContainText("dora@old.example");
    await expect(differences.locator("mark").first()).toBeVisible();
    await page.getByLabel("Cause").selectOption("case");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(differences.getByRole("row")).toHaveCount(2);

    await go(page, "Sync", "Dashboard");
    await expect(page.getByText("2 differ").first()).toBeVisible();
    await link("What is claimed").click();
    await add(page, link("New sync claim").first(), {
      "Data point": "E-mail",
      From: "Register members.mail",
      To: "Newsletter subscribers.email",
      "Is said to be": "Not synchronised",
      By: "Retyped",
      "Says who": "Cleo Example",
    });

    await go(page, "Sync", "Decisions");
    await page.getByRole("link", { name: /^Decide/ }).first().click();
    await page.getByRole("radio", { name: "Accept as it is" }).check();
    const accept = page.locator("section").filter({ has: page.getByRole("radio", { name: "Accept as it is" }) }).last();
    await fill(accept, { For: "Nothing to do now", Against: "Two members get no mail", Hours: "1" });
    const cleanUp = page.locator("section").filter({ has: page.getByRole("radio", { name: "Clean up by hand" }) }).last();
    await fill(cleanUp, { For: "Two addresses", Hours: "2" });
    await fill(page, {
      "Why this way": "Two of five; the office writes to both.",
      "Decided by": "Cleo Example",
      "Based on run": "run 1",
      "Fits the process": "A member moves",
      "Cut-over": "2027-05-01",
    });
    await page.getByRole("button", { name: "Decide", exact: true }).click();
    await expect(page.getByText("Decided by Cleo Example").first()).toBeVisible();
    const owners = page.getByLabel(/^Owner of /);
    await expect(owners).toHaveCount(5);
    // They begin with whom the plan names, and can be given to somebody else.
    await expect(page.getByRole("heading", { name: "What follows: 5 of 5 obligations have an owner" })).toBeVisible();
    for (const owner of await owners.all()) await expect(owner).not.toHaveValue("");
    await owners.first().fill("Bo Example");
    const saved = page.waitForResponse((answer) => answer.request().method() === "POST");
    await page.getByRole("button", { name: "Save owners" }).click();
    expect((await saved).ok()).toBe(true);
    await expect(owners.first()).toHaveValue("Bo Example");
  });

  await test.step("Gate 4: four questions, each with evidence", async () => {
    await go(page, "Trial");
    const questions = [
      "Does the data come out of the systems of record in the expected format and quantity?",
      "Does our code run over it smoothly?",
      "Can we write to the destination systems without issues?",
      "Are the upstream and downstream interfaces behaving as they should?",
    ];
    for (const [n, words] of questions.entries()) {
      const question = card(page, words);
      await question.getByRole("link", { name: "Answer", exact: true }).click();
      await fill(question, { Answer: "Yes", "Answered by": "Ada Example", "What was learnt": "As expected." });
      await question.getByRole("button", { name: "Save the answer" }).click();
      await expect(question).toContainText("yes, but not shown");
      if (n === 0) {
        await fill(question, { "A run": "run 1 of" });
        await question.getByRole("button", { name: "Link the run" }).click();
      } else if (n === 1) {
        await question.getByLabel("A file").setInputFiles({ name: "trial.log", mimeType: "text/plain", buffer: Buffer.from("6 rows read\n") });
        await fill(question, { "What it shows": "The log of the first night." });
        await question.getByRole("button", { name: "Upload and link" }).click();
      } else {
        await fill(question, { "A note": "Seen on 3 March in the test environment." });
        await question.getByRole("button", { name: "Link the note" }).click();
      }
      await expect(question).toContainText("yes, and shown");
      await hydrated(page);
      await question.getByRole("link", { name: "Done" }).click();
    }
    await expect(page.getByText("4 of 4 questions answered with evidence")).toBeVisible();
  });

  const cleo = await (await browser.newContext()).newPage();
  const ben = await (await browser.newContext()).newPage();
  for (const person of [cleo, ben]) watch(person.context(), complaints);

  await test.step("Gate 5: findings, review, approvals by role", async () => {
    await go(page, "Sign-off");
    for (const name of ["Ben Example", "Cleo Example"]) {
      await fill(page, { "Add somebody": name, As: "reviewer" });
      await page.getByRole("button", { name: "Add to the plan" }).click();
      await expect(page.getByRole("table", { name: "People on this plan" })).toContainText(name);
    }
    const slots = page.getByRole("table", { name: "Slots and people" });
    for (const slot of ["Data owner", "Process owner", "Change lead", "Technical lead", "Privacy and security", "Sponsor"]) {
      const row = slots.getByRole("row").filter({ has: page.getByRole("group", { name: slot }) });
      const who = slot === "Sponsor" ? "Ben Example" : "Cleo Example";
      await row.getByLabel(who).check();
      await row.getByRole("button", { name: "Set" }).click();
      await expect(page.getByRole("table", { name: "People on this plan" }).getByRole("row").filter({ hasText: who })).toContainText(slot.toLowerCase());
    }
    await ben.goto(`${own.url}${ROOT}`);
    await signInWithPassword(ben, "ben@example.org");
    await waiveErrors(ben, "A small club knows its members.");
    await go(page, "Sign-off");
    await fill(page, { "Comment on the plan as a whole": "Two addresses are wrong; I write to both today." });
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    await expect(page.getByText("1 thread is open")).toBeVisible();
    await page.getByRole("button", { name: "Settle" }).click();
    await expect(page.getByText("no thread is open")).toBeVisible();
    await fill(page, { "What should they look at": "The decision about two addresses" });
    await page.getByRole("button", { name: "Request review" }).click();
    await expect(page.getByText("0 of 5 parts approved")).toBeVisible();
  });

  await test.step("Gate 5: five approvals and a signature", async () => {
    await cleo.goto(`${own.url}${ROOT}/review`);
    await signInWithPassword(cleo, "cleo@example.org");
    await expect(cleo).toHaveURL(new RegExp(`${ROOT}/review$`));
    for (const [n, slot] of ["data owner", "process owner", "change lead", "technical lead", "privacy and security"].entries()) {
      await cleo.getByRole("button", { name: `Approve as ${slot}` }).click();
      await expect(cleo.getByText(`${n + 1} of 5 parts approved`)).toBeVisible();
    }
    await expect(cleo.getByRole("button", { name: "Sign version 1" })).toHaveCount(0);

    await go(ben, "Sign-off");
    await expect(ben.getByText("Nothing stands in the way")).toBeVisible();
    await fill(ben, { "Your password": PASSWORD });
    await ben.getByRole("button", { name: "Sign version 1" }).click();
    await expect(ben).toHaveURL(new RegExp(`${ROOT}/versions`));
    await expect(ben.getByRole("heading", { name: "Version 1" })).toBeVisible();
  });

  await test.step("Export and verify", async () => {
    await go(ben, "Export");
    for (const [format, kind] of [["PDF", "pdf"], ["Markdown", "md"]]) {
      const file = await download(ben, ben.getByRole("link", { name: `Download ${format}` }));
      expect(file.suggestedFilename()).toBe(`members-in-the-newsletter-v1.${kind}`);
      await verified(page, own, await file.path(), "Signed");
      await expect(page.getByRole("status").filter({ hasText: "Ben Example" })).toBeVisible();
    }
    await at(ROOT);
    await expect(page.getByText("v1 signed").first()).toBeVisible();
  });

  await cleo.context().close();
  await ben.context().close();
});

async function signInWithPassword(page: Page, email: string): Promise<void> {
  await fill(page, { "E-mail": email, Password: PASSWORD });
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
  await hydrated(page);
}
