import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  consentPurposes,
  externalAiConsent,
  saleObjection,
} from '../../../config/policy/privacy/consents.js';
import { recipients } from '../../../config/policy/privacy/recipients.js';
import { retentionRules } from '../../../config/policy/privacy/retention.js';
import { projectRoot } from '../../../test/support/process/project-root.js';
import { sha256 } from '../../crypto/hash.js';
import { policyHtml } from './policy/policy-html.js';
import { policyVersions } from './policy/policy-versions.js';
import { filledPolicy, policyMarkdown } from './policy/privacy-policy.js';

/** Adapters that speak to nobody outside the service and its own machine or network. */
const within = [
  ...[
    'canvas',
    'clamav',
    'counting',
    'disk',
    'embedded',
    'local-model',
    'memory',
    'pictures',
    'recorder',
    'system',
  ],
  // Fetches reference images by their address: sends nothing of a person.
  'https',
];

describe('texts that persons agree to', () => {
  it.each([
    ['of what goes to AI providers', externalAiConsent, 'e282838ba84dc2db'],
    ['of an objection to sale', saleObjection, '0c94a7bc17b620ea'],
  ])('%s are those of their version: a change is a new version', (_, { version, text }, hash) => {
    expect(version).toBe('2026-11-28');
    expect(sha256(text).toString('hex').slice(0, 16)).toBe(hash);
  });

  it('hold in their present version', () => {
    expect(externalAiConsent.holding).toContain(externalAiConsent.version);
  });

  it('fit the column that keeps their purposes', () => {
    for (const purpose of consentPurposes) expect(purpose).toMatch(/^[a-z_]{1,40}$/);
  });
});

describe('the privacy policy', () => {
  it('has versions that were never changed, the latest first', () => {
    const hashes = policyVersions.map((policy) => [
      policy.version,
      sha256(policyMarkdown(policy)).toString('hex').slice(0, 16),
    ]);
    expect(hashes).toEqual([['2026-11-28', 'abf78ba28bbd2de8']]);
    const versions = policyVersions.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted().toReversed());
  });

  it('names every kind of data that is kept, and every recipient', () => {
    const text = policyMarkdown(policyVersions[0]);
    for (const { kind } of retentionRules) expect(text).toContain(`| ${kind} |`);
    for (const { name } of recipients) expect(text).toContain(`| ${name} |`);
  });

  it('shows what an operator is called as text, whatever it is', () => {
    const policy = {
      version: '2026-11-28',
      sections: [
        {
          title: '{controller}',
          paragraphs: ['{controller} & {contact} {unknown}'],
          table: { columns: ['<a>'], rows: [['"b" {contact}']] },
        },
      ],
    };
    const page = policyHtml(filledPolicy(policy, { controller: '<b>$& x', contact: 'c' }), []);
    expect(page).toContain('<h2>&lt;b&gt;$&amp; x</h2>');
    expect(page).toContain('<p>&lt;b&gt;$&amp; x &amp; c {unknown}</p>');
    expect(page).toContain('<th scope="col">&lt;a&gt;</th>');
    expect(page).toContain('<td>&quot;b&quot; c</td>');
    expect(page).not.toContain('Other versions');
    expect(policyHtml(policy, ['2026-01-01'])).toContain('href="/privacy?version=2026-01-01"');
  });
});

describe('the recipients of personal data', () => {
  it('are behind every adapter that speaks to somebody outside', () => {
    const folders = readdirSync(join(projectRoot, 'src/adapters'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const named = recipients.flatMap(({ adapters }) => adapters);
    expect([...named, ...within].toSorted()).toEqual(folders.toSorted());
  });
});
