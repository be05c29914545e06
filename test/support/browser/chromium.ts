import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

const chromiumPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find(existsSync);

/** A test that is skipped on a machine without Chromium; `npm test` names what it skips. */
export const itInChromium = chromiumPath === undefined ? it.skip : it;
export const describeInChromium = chromiumPath === undefined ? describe.skip : describe;

/** Opens nothing by itself: what a page requests is all that is requested. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });

/** What a page complained of (errors, violations of its policy), and every address it asked for. */
export function observe(page: Page): { readonly complaints: string[]; readonly requests: string[] } {
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  return { complaints, requests };
}

/**
 * Answers requests to these addresses in the service's place until it is undone. Not `page.route`: a page with routes caches nothing,
 * and compiles all of its scripts anew.
 */
export async function answerAs(
  page: Page,
  urlPattern: string,
  responseCode: number,
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId }) => {
    const body = Buffer.from(JSON.stringify({ status: responseCode })).toString('base64');
    const responseHeaders = [{ name: 'content-type', value: 'application/json' }];
    void session.send('Fetch.fulfillRequest', { requestId, responseCode, responseHeaders, body });
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern }] });
  return () => session.detach();
}
