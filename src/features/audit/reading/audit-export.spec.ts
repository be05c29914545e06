import { describe, expect, it } from '@jest/globals';
import type { OpenedEntry } from './audit-reading.service.js';
import { exportLines, type ExportFormat } from './audit-export.js';

const opened = (
  more: Partial<OpenedEntry['entry']>,
  payload: OpenedEntry['payload'] = null,
): OpenedEntry => ({
  entry: {
    id: '018f0000-0000-7000-8000-000000000000',
    stream: 3,
    position: '7',
    at: new Date(0),
    moment: '1970-01-01 00:00:00.000001+00',
    action: 'ai.switched',
    actor: null,
    subject: Buffer.alloc(2, 1),
    requestId: null,
    payload: Buffer.of(1, 2),
    mac: Buffer.of(3),
    key: null,
    ...more,
  },
  payload,
});

async function linesOf(format: ExportFormat, ...entries: readonly OpenedEntry[]): Promise<string> {
  async function* all(): AsyncGenerator<OpenedEntry> {
    yield* await Promise.resolve(entries);
  }
  let text = '';
  for await (const line of exportLines(format, all())) text += line;
  return text;
}

describe('an export of the audit log', () => {
  it('has a head alone where there is nothing, and nothing as lines of JSON', async () => {
    expect(await linesOf('csv')).toBe(
      'id,at,stream,position,action,actor,subject,request_id,details,payload,mac\r\n',
    );
    expect(await linesOf('jsonl')).toBe('');
  });

  it('has all that the chain is over, to the microsecond', async () => {
    expect(JSON.parse(await linesOf('jsonl', opened({})))).toEqual({
      id: '018f0000-0000-7000-8000-000000000000',
      at: '1970-01-01 00:00:00.000001+00',
      stream: 3,
      position: '7',
      action: 'ai.switched',
      actor: null,
      subject: '0101',
      request_id: null,
      details: null,
      payload: 'AQI=',
      mac: 'Aw==',
    });
  });

  it.each([
    ['=cmd()', "'=cmd()"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['=a,"b"', `"'=a,""b"""`],
    ['plain', 'plain'],
  ])('writes the request %j as %j in CSV', async (requestId, cell) => {
    const text = await linesOf('csv', opened({ requestId }));
    expect(text.slice(text.indexOf('\r\n') + 2)).toBe(
      `018f0000-0000-7000-8000-000000000000,1970-01-01 00:00:00.000001+00,3,7,ai.switched,,0101,${cell},,AQI=,Aw==\r\n`,
    );
  });
});
