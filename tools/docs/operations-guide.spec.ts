import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { securityEventNames } from '../../src/observability/security-events.js';
import { guideColumn } from '../../test/support/monitoring/operations-guide.js';
import { projectRoot } from '../../test/support/process/project-root.js';

describe('the operations guide', () => {
  it('names security events that exist', () => {
    const named = guideColumn('Security events', 1);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !(securityEventNames as readonly string[]).includes(name))).toEqual([]);
  });

  it('begins the text of an event as the source does', () => {
    const sources = globSync('src/**/*.ts', { cwd: projectRoot })
      .filter((file) => !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(projectRoot, file), 'utf8'))
      .join('\n');
    const texts = guideColumn('Security events', 2).map((text) =>
      (text.split('…')[0] ?? '').trim().replace(/ (MEDIUM|HIGH|CRITICAL)$/, ''),
    );
    expect(texts.length).toBeGreaterThan(30);
    expect(texts.filter((text) => text === '' || !sources.includes(text))).toEqual([]);
  });
});
