import { defineConfig } from '@playwright/test'

/** Chromium without a GPU, a sandbox (root in containers) or any call of its own to the network. */
const chromium = {
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--force-color-profile=srgb',
  ],
}

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  globalSetup: './test/isolation.ts',
  workers: 1,
  // A browser that dies, or a machine that stands still, is no news of the product; what needed a second try is named.
  retries: 1,
  // Whole programs and real browsers on two cores that others may use as well.
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
  use: { browserName: 'chromium', headless: true, launchOptions: chromium, trace: 'retain-on-failure' },
  projects: [
    // The window's own specs run on both hosts.
    { name: 'desktop', testMatch: /[\\/](desktop|window)[^\\/]*\.spec\.ts$/ },
    {
      name: 'headless',
      testIgnore: /[\\/](desktop[^\\/]*|screenshots)\.spec\.ts$/,
      use: { viewport: { width: 1280, height: 800 } },
    },
    // Pictures of every page to look at, by `npm run screenshots`: no part of the tests, they assert little.
    {
      name: 'screenshots',
      testMatch: /[\\/]screenshots\.spec\.ts$/,
      use: { viewport: { width: 1280, height: 800 } },
    },
  ],
})
