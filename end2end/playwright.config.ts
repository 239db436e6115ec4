//! Browser tests run against the release server in an installed Chromium. Each test starts servers of
//! its own (support/server.ts), so nothing here names an address.

import { execFileSync } from "node:child_process";
import { defineConfig } from "@playwright/test";

const chromium = execFileSync("../scripts/chromium", { cwd: __dirname, encoding: "utf8" }).trim();

export default defineConfig({
  testDir: "tests",
  outputDir: "results/artefacts",
  // A test that passes at the second try has found a fault.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "results/results.json" }]],
  use: {
    headless: true,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
