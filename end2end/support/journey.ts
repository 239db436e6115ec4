//! What people do again and again on the way through a plan: go to a page by the navigation, fill in a
//! form by its labels, read the table that says it, come back as somebody else.

import { execFileSync } from "node:child_process";
import { type Browser, type Download, expect, type Locator, type Page } from "@playwright/test";
import { binary, type Server } from "./server";
import { hydrated, watch } from "./test";

/** What goes into a form, by label: words for a text or a choice, yes or no for a box, and the boxes to
 *  tick of a group. A choice is named by a part of its words. */
export type Answers = Record<string, string | boolean | string[]>;

/** The password of everybody who has one. */
export const PASSWORD = "a plumb line hangs straight";

/** Runs `plumbline` on the server's data and returns what it printed. */
export function plumbline(server: Server, ...args: string[]): string {
  return execFileSync(binary, ["--data", server.data, ...args], { encoding: "utf8" });
}

/** Creates the first owner by the link that an empty server printed. */
export async function createOwner(page: Page, link: string | undefined): Promise<void> {
  await page.goto(link ?? "");
  await fill(page, { "Your name": "Ada Example", "E-mail": "ada@example.org", Password: PASSWORD });
  await page.getByRole("button", { name: "Create the owner" }).click();
  await expect(page).not.toHaveURL(/set-up|sign-in/);
}

/** A page of somebody else, with a session of their own: the operator gives them a link. */
export async function somebody(browser: Browser, server: Server, email: string, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  watch(context, complaints);
  const page = await context.newPage();
  const { pathname } = new URL(plumbline(server, "user", "link", email).trim());
  await page.goto(`${server.url}${pathname}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/plans$/);
  await hydrated(page);
  return page;
}

/** Goes to a page of the plan by the navigation: a gate, and where it has several the page under it. */
export async function go(page: Page, section: string, under?: string): Promise<void> {
  const links = page.getByRole("navigation", { name: "Plan" }).getByRole("link");
  for (const name of under ? [section, under] : [section]) {
    // Before the words stands the sign of the gate, behind them the number of its errors.
    const link = links.filter({ hasText: new RegExp(`${escaped(name)}\\s*\\d*$`) });
    await link.click();
    await expect(link).toHaveAttribute("aria-current", /page|true/);
  }
}

/** The control with this label. */
export function control(scope: Page | Locator, label: string): Locator {
  return scope.getByLabel(new RegExp(`^${escaped(label)}( optional)?$`));
}

/** Fills in a form. */
export async function fill(scope: Page | Locator, answers: Answers): Promise<void> {
  for (const [label, answer] of Object.entries(answers)) {
    if (Array.isArray(answer)) {
      const group = scope.getByRole("group", { name: label, exact: true });
      for (const words of answer) await group.getByLabel(words, { exact: true }).check();
    } else {
      await put(control(scope, label), answer);
    }
  }
}

/** Fills in a row of a list field. */
export async function fillRow(scope: Page | Locator, list: string, row: number, answers: Answers): Promise<void> {
  const group = scope.getByRole("group", { name: list, exact: true });
  const line = group.getByRole("row").nth(row + 1);
  for (const [label, answer] of Object.entries(answers)) {
    if (!Array.isArray(answer)) await put(line.getByLabel(`${label} of ${list.toLowerCase()}`, { exact: true }), answer);
  }
}

/** Makes an item with the form that a link or a button opens, and returns when the form is left. */
export async function add(page: Page, opener: Locator, answers: Answers, also?: () => Promise<void>): Promise<void> {
  await opener.click();
  const heading = page.getByRole("heading", { level: 1, name: /^New / });
  await expect(heading).toBeVisible();
  await fill(page, answers);
  await also?.();
  await page.getByRole("button", { name: /^Add / }).click();
  await expect(heading).toBeHidden();
}

/** Saves the form of an item's page. */
export async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
}

/** The card, notice or section that is headed by these words. */
export function card(page: Page, title: string | RegExp): Locator {
  return page.locator("section, article, aside").filter({ has: page.getByRole("heading", { name: title }) }).last();
}

/** A CSV file as a form takes it. */
export function csv(name: string, text: string) {
  return { name: `${name}.csv`, mimeType: "text/csv", buffer: Buffer.from(text) };
}

/** What goes into the form beside the file, and whether the page has scripts to wait for. */
type More = { also?: Answers; scripts?: boolean };

/** Uploads a CSV file as a connection of this name, on the page of connections. */
export async function upload(page: Page, name: string, text: string, { also = {}, scripts = true }: More = {}): Promise<void> {
  const form = card(page, "Upload a file");
  await control(form, "File").setInputFiles(csv(name, text));
  await fill(form, { Name: name, "It is": "Test", ...also });
  await form.getByRole("button", { name: "Upload and connect" }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  if (scripts) await hydrated(page);
}

/** Uploads a file as the test environment of an instance. */
export async function connectFile(page: Page, instance: string, text: string): Promise<void> {
  await go(page, "Sync", "Connections");
  await upload(page, `${instance} export`, text, { also: { "Test environment of": instance } });
}

/** Opens the form of a new check of two connections, with their columns. */
export async function designCheck(page: Page, left: string, right: string, { scripts = true }: More = {}): Promise<void> {
  await go(page, "Sync", "Dashboard");
  await page.getByRole("link", { name: "New check", exact: true }).click();
  await fill(page, { "Left system": left, "Right system": right });
  await page.getByRole("button", { name: "Show columns" }).click();
  await expect(page.getByRole("heading", { name: "3 · Key" })).toBeVisible();
  if (scripts) await hydrated(page);
}

/** The same for the uploaded files of two instances. */
export async function newCheck(page: Page, left: string, right: string): Promise<void> {
  await designCheck(page, `${left} export`, `${right} export`);
  await fill(page, { "Left stands for": left, "Right stands for": right });
}

/** What a link gives to be kept. */
export async function download(page: Page, link: Locator): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return file;
}

/** Has a file verified, as anybody may, and waits for what is said of it. */
export async function verified(page: Page, server: Server, file: string | { name: string; bytes: Buffer }, said: string): Promise<void> {
  const sent = typeof file === "string" ? file : { name: file.name, mimeType: "application/octet-stream", buffer: file.bytes };
  await page.goto(`${server.url}/verify`);
  await control(page, "File to verify").setInputFiles(sent);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await expect(page.getByRole("heading", { name: said, exact: true })).toBeVisible();
}

/** Excuses every error that is open, one after the other, as the findings page lists them, until the day it proposes.
 *  Errors are excused by who answers for their part; the sponsor may excuse them all. */
export async function waiveErrors(page: Page, reason: string): Promise<number> {
  await go(page, "Findings");
  await page.getByRole("link", { name: /^Errors/ }).click();
  const waive = page.getByRole("table", { name: "Findings" }).getByRole("link", { name: "Waive", exact: true });
  const errors = page.getByRole("link", { name: /^Errors/ });
  let waived = 0;
  for (;;) {
    const left = Number(/\d+/.exec(await errors.innerText())?.[0]);
    if (left === 0) return waived;
    await waive.first().click();
    await page.getByLabel("Why is this acceptable?").fill(reason);
    await page.getByRole("button", { name: /^Waive / }).click();
    await expect(errors).toHaveText(new RegExp(`\\D${left - 1}$`));
    waived += 1;
  }
}

async function put(control: Locator, answer: string | boolean): Promise<void> {
  if (typeof answer === "boolean") {
    await control.setChecked(answer);
    return;
  }
  const options = control.locator("option");
  const isChoice = await control.evaluate((element) => element instanceof HTMLSelectElement);
  if (!isChoice) {
    await control.fill(answer);
    return;
  }
  const exact = options.filter({ hasText: new RegExp(`^${escaped(answer)}$`) });
  const option = (await exact.count()) === 1 ? exact : options.filter({ hasText: answer });
  await control.selectOption(await option.getAttribute("value"));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
