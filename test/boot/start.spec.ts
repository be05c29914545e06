import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { templateHome } from '../support/database/template-home.js';
import { serviceEntry } from '../support/process/project-root.js';
import { Service } from '../support/process/service.js';

describe('the start', () => {
  let service: Service;
  afterEach(async () => {
    await service.discard();
  });
  const plainLines = (): string[] =>
    service.printed.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

  it('says with VELRO_TRACE_START what it was made of, each part with its beginning and its time', async () => {
    service = await Service.start({ VELRO_TRACE_START: '1' });
    const [title = '', head, ...lines] = plainLines();
    const whole = Number(/^start: listening after (\d+) ms, \d+ ms of processor time/.exec(title)?.[1]);
    expect(head).toMatch(/^ +from +took$/);
    const parts = lines.map((line) => /^ *(\d+) +(\d+) {2}(\S.*)$/.exec(line)?.slice(1) ?? [line]);
    expect(parts.map(([, , what]) => what)).toEqual(
      expect.arrayContaining([
        'Node, and the modules of the configuration',
        'configuration',
        'modules of the application',
        'PostgreSQL started',
        'identity service started',
        'connections opened, listening',
      ]),
    );
    const begins = parts.map(([from]) => Number(from));
    expect(begins).toEqual(begins.toSorted((a, b) => a - b));
    for (const [from, took] of parts) expect(Number(from) + Number(took)).toBeLessThanOrEqual(whole + 1);
    // Nothing of it is missing: the last part ends with the whole.
    const ends = parts.map(([from, took]) => Number(from) + Number(took));
    expect(Math.max(...ends)).toBeGreaterThanOrEqual(whole - 1);
  });

  it('says nothing but its log without VELRO_TRACE_START', async () => {
    service = await Service.start();
    expect(plainLines()).toEqual([]);
  });

  it("is over for V8 as well: what requests run is optimized by V8's own counts, a tenth of those of the start", async () => {
    const home = templateHome();
    const traces = join(home, 'optimized.txt');
    const args = [
      '--trace-opt',
      '--redirect-code-traces',
      `--redirect-code-traces-to=${traces}`,
      serviceEntry,
    ];
    service = await Service.start({}, home, { args });
    // Each runs once for an answer: after 400 calls by V8's own counts, and after 4000 by those of the start.
    const perAnswer = ['preHandlerCallback', 'preValidationCallback', 'onSendHook'];
    for (let count = 0; count < 3000; count++)
      await (await fetch(`${service.url}/health/live`)).arrayBuffer();
    const optimized = new Set(
      [...readFileSync(traces, 'utf8').matchAll(/completed compiling 0x\w+ <JSFunction (\w+)/g)].map(
        ([, name]) => name,
      ),
    );
    expect(perAnswer.filter((name) => !optimized.has(name))).toEqual([]);
  });
});
