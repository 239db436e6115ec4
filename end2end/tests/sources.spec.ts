//! Systems of four kinds in one plan: a PostgreSQL table against a REST service, an Excel workbook against a MariaDB
//! table. Real servers, the operator's list of allowed networks, and users who can only read.

import { execFileSync } from "node:child_process";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { type Page } from "@playwright/test";
import { card, control, fill, go } from "../support/journey";
import { expect, hydrated, signIn, test } from "../support/test";

const ROOT = "/p/four-marketing-clouds";
const postgres = process.env["PLUMBLINE_TEST_POSTGRES_URL"];
const mariadb = process.env["PLUMBLINE_TEST_MARIADB_URL"];
const TOKEN = "a-token-that-nobody-may-see";

const MEMBERS = [
  { no: "1001", name: "Ada Byron", address: { city: "London" } },
  { no: "1002", name: "Ben Okri", address: { city: "Lagos" } },
  { no: "1003", name: "CHEN WEI", address: { city: "Taipei" } },
  { no: "1005", name: "Émile Zola", address: { city: "Paris" } },
];

/** A service that gives members two at a time to those who have the token. */
async function service(): Promise<{ server: HttpServer; port: number }> {
  const server = createServer((request, answer) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const from = Number(url.searchParams.get("from"));
    const known = request.headers.authorization === `Bearer ${TOKEN}` && request.method === "GET" && url.pathname === "/members";
    answer.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    answer.end(known ? JSON.stringify({ data: { members: MEMBERS.slice(from, from + Number(url.searchParams.get("count"))) } }) : "{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, port: (server.address() as AddressInfo).port };
}

function inPostgres(url: string): URL {
  execFileSync("psql", [url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", `
    create schema club;
    create table club.member (no text primary key, name text, city text);
    insert into club.member values ('1001', 'Ada Byron', 'London'), ('1002', 'Ben Okri', 'Abuja'), ('1003', 'Chen Wei', 'Taipei'), ('1004', 'Dora Maar', 'Paris');
    create role member_reader login password 'reads-only';
    grant usage on schema club to member_reader;
    grant select on club.member to member_reader;`]);
  return new URL(url);
}

function inMariadb(url: string): URL {
  const { hostname, port, username, password } = new URL(url);
  execFileSync("mariadb", ["--no-defaults", "--protocol=tcp", "-h", hostname, "-P", port, "-u", username, "-e", `
    create database club character set utf8mb4;
    create table club.member (no int primary key, name varchar(80), joined date, fee decimal(8,2));
    insert into club.member values (1001, 'Ada Byron', '2024-03-05', 12.50), (1002, 'Ben Okri', '2024-03-06', 20.00), (1003, 'Chen Wei', '2024-03-08', 7.25), (1004, 'Dora Maar', '2024-03-08', 9.01);
    create user member_reader@'127.0.0.1' identified by 'reads-only';
    grant select on club.* to member_reader@'127.0.0.1';`], { env: { ...process.env, MYSQL_PWD: password } });
  return new URL(url);
}

async function check(page: Page, name: string, left: [string, string?], right: [string, string?], pairs: [string, string, string][]): Promise<void> {
  await go(page, "Sync", "Dashboard");
  await page.getByRole("link", { name: "New check", exact: true }).click();
  await fill(page, { "Left system": left[0], "Right system": right[0] });
  await page.getByRole("button", { name: "Show columns" }).click();
  for (const [side, table] of [["Left", left[1]], ["Right", right[1]]] as const) {
    if (table !== undefined) await fill(page, { [`${side} table`]: table });
  }
  if (left[1] !== undefined || right[1] !== undefined) await page.getByRole("button", { name: /^Show/ }).click();
  await expect(page.getByRole("heading", { name: "3 · Key" })).toBeVisible();
  await hydrated(page);
  await fill(page, { Name: name, "Left column of key part 1": "no", "Right column of key part 1": "no" });
  for (const [n, [leftColumn, rightColumn, agreed]] of pairs.entries()) {
    await fill(page, { [`Left column of pair ${n + 1}`]: leftColumn, [`Right column of pair ${n + 1}`]: rightColumn });
    if (agreed === "") continue;
    const details = page.locator("details.agreed").nth(n);
    await details.locator("summary").click();
    if (agreed.startsWith("±")) await details.getByLabel("Tolerance").fill(agreed.slice(1));
    else await details.getByLabel(agreed).check();
  }
  await page.getByRole("button", { name: "Save and run" }).click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);
}

test("a plan checks PostgreSQL against REST, and a workbook against MariaDB", async ({ complaints, page, server }) => {
  test.skip(postgres === undefined, "PostgreSQL is not installed and PLUMBLINE_TEST_POSTGRES_URL is not set");
  test.skip(mariadb === undefined, "MariaDB is not installed and PLUMBLINE_TEST_MARIADB_URL is not set");
  test.setTimeout(180_000);
  const rest = await service();
  try {
    const left = inPostgres(postgres ?? "");
    const right = inMariadb(mariadb ?? "");
    const own = await server({ demo: true, env: { PLUMBLINE_ALLOWED_TARGETS: "127.0.0.1" } });
    await signIn(page, own);
    await page.goto(`${own.url}${ROOT}/connections`);
    await hydrated(page);

    await test.step("Four kinds of systems are connected", async () => {
      const database = card(page, "A database");
      await fill(database, {
        Name: "Club register", "It is": "Test", "Database system": "PostgreSQL", Host: "127.0.0.1", Port: left.port,
        Database: left.pathname.slice(1), User: "member_reader", Password: "reads-only", Encryption: "Not encrypted",
      });
      await database.getByRole("button", { name: "Test and connect" }).click();
      await expect(page.getByRole("heading", { name: "Club register" })).toBeVisible();

      await fill(database, {
        Name: "Club accounts", "It is": "Test", "Database system": "MySQL or MariaDB", Host: "127.0.0.1", Port: right.port,
        Database: "club", User: "member_reader", Password: "reads-only", Encryption: "Not encrypted",
      });
      await database.getByRole("button", { name: "Test and connect" }).click();
      await expect(page.getByRole("heading", { name: "Club accounts" })).toBeVisible();

      const form = card(page, "A REST service");
      await fill(form, {
        Name: "Club service", "It is": "Test", "Address of the list": `http://127.0.0.1:${rest.port}/members`, "Where the records are": "$.data.members",
        "It wants to know who asks": "A token", "Password, token, key or secret": "wrong", "The next page": "Position and number of records",
      });
      await form.getByText("How pages are asked for").click();
      await fill(form, { "Parameter of position, number or mark": "from", "Parameter of the number of records": "count", "Records at once": "2" });
      await form.getByText("Seldom needed").click();
      await fill(form, { "Certificate of its own authority": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----" });
      await form.getByRole("button", { name: "Test and connect" }).click();
      await expect(form.getByText(/^holds a private key/)).toBeVisible();
      expect(complaints.splice(0).join()).toContain("connect_service");
      await fill(form, { "Certificate of its own authority": "" });
      await form.getByRole("button", { name: "Test and connect" }).click();
      await expect(form.getByText(/did not answer/)).toBeVisible();
      expect(complaints.splice(0).join()).toContain("connect_service");
      await fill(form, { "Password, token, key or secret": TOKEN });
      await form.getByRole("button", { name: "Test and connect" }).click();
      await expect(page.getByRole("heading", { name: "Club service" })).toBeVisible();

      const upload = card(page, "Upload a file");
      await control(upload, "File").setInputFiles(resolve(__dirname, "../files/members.xlsx"));
      await fill(upload, { Name: "Club workbook", "It is": "Test" });
      await upload.getByRole("button", { name: "Upload and connect" }).click();
      await expect(page.getByRole("heading", { name: "Club workbook" })).toBeVisible();
      await hydrated(page);
      expect(await page.content()).not.toContain(TOKEN);
    });

    const points = page.getByRole("table", { name: "Per data point", exact: true });
    const row = (name: string) => points.getByRole("row").filter({ hasText: name });
    await test.step("PostgreSQL against REST", async () => {
      await check(page, "Members: register ↔ service", ["Club register", "club.member"], ["Club service"],
        [["name", "name", "Ignore case"], ["city", "address.city", ""]]);
      await expect(row("name")).toContainText(/2\s*1\s*0/, { timeout: 30_000 });
      await expect(row("city")).toContainText(/2\s*0\s*1/);
      await expect(page.getByRole("link", { name: /In sync on every point/ })).toContainText("of 3 matched");
      expect(await page.content()).not.toContain(TOKEN);
    });

    await test.step("A workbook against MariaDB", async () => {
      await check(page, "Members: workbook ↔ accounts", ["Club workbook"], ["Club accounts", "member"],
        [["name", "name", ""], ["joined", "joined", "±1d"], ["fee", "fee", "±0.01"]]);
      await expect(row("name")).toContainText(/4\s*0\s*0/, { timeout: 30_000 });
      await expect(row("joined")).toContainText(/3\s*1\s*0/);
      await expect(row("fee")).toContainText(/3\s*1\s*0/);
    });
  } finally {
    rest.server.close();
  }
});
