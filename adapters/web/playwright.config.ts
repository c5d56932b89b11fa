import { defineConfig } from '@playwright/test';

/** Debian's Chromium; Playwright downloads no browser of its own. */
const executablePath = process.env.HALFTONE_CHROMIUM ?? '/usr/bin/chromium';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const desktop = { viewport: { width: 1440, height: 900 } };

/** The browser tests: `npm test`. */
const tests = [
  { name: 'phone', use: phone, grepInvert: /@desktop/ },
  { name: 'desktop', use: desktop },
].map((project) => ({ ...project, testMatch: '*.spec.ts' }));

/** Every page in pictures, for people to look at: `npm run screenshots`. */
const screenshots = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: `screenshots-phone-${colorScheme}`, testMatch: 'screenshots.ts', use: { ...phone, colorScheme } },
  {
    name: `screenshots-desktop-${colorScheme}`,
    testMatch: 'screenshots.ts',
    use: { ...desktop, colorScheme },
  },
]);

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  // A test that needs a second try is a bug with an owner.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI === undefined ? 'list' : [['list'], ['html', { open: 'never' }]],
  use: {
    locale: process.env.HALFTONE_LOCALE ?? 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    },
  },
  projects: [...tests, ...screenshots],
});
