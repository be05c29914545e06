import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { Service } from '../support/process/service.js';

const browserPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find(existsSync);

describe('the API description', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(async () => {
    await service.discard();
  });

  it('is served outside production, with its policy still free of inline scripts', async () => {
    const page = await service.visitor().call('/docs');
    const policy = String(page.headers['content-security-policy']);
    expect(policy.startsWith("default-src 'self'; script-src 'self'; object-src 'none'")).toBe(true);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    const { json } = await service.visitor().call('/docs-json');
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining(['/api/v1/auth/login', '/api/v1/generations/{id}/events', '/health']),
    );
  });

  const withBrowser = browserPath === undefined ? it.skip : it;
  withBrowser('opens in Chromium, shows the routes, and breaks none of its own policy', async () => {
    const browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${service.url}/docs`);
      await page.getByText('/api/v1/auth/login').first().waitFor();
      await page.getByText('/api/v1/generations', { exact: true }).first().waitFor();
      expect(complaints).toEqual([]);
      const screenshot = process.env['SCREENSHOT'];
      if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    } finally {
      await browser.close();
    }
  });
});
