import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answersTo } from '../../src/cli/messenger-write/write-to-page.js';
import { RecorderChannel } from '../../src/adapters/recorder/recorder-channel.js';
import { recordedFor } from '../../src/adapters/recorder/recorded-messages.js';
import { hexKey, password, tokenSecret } from '../boot/environments.js';
import { ask } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { compileCache, Service } from '../support/process/service.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'messenger-write.js');

interface Ran {
  readonly code: number | null;
  readonly printed: string;
}

const write = async (
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const command = Command.start([process.execPath, cli, ...args], {
    cwd: home,
    env: { ENVIRONMENT: 'test', VELRO_HOME: home, ...compileCache, ...env },
  });
  return { code: await command.exited(), printed: command.printed };
};

describe('without a page of Meta, development', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({});
  });
  afterAll(async () => {
    await service.discard();
  });

  it('answers who writes by npm run messenger:write, and records what it would send', async () => {
    const { code, printed } = await write(service.home, ['What can you do?', '2002']);
    const recorded = recordedFor(service.home, '2002');
    expect([code, recorded.length > 0]).toEqual([0, true]);
    expect(printed).toBe(recorded.map(({ text }) => `${text}\n`).join(''));
    const folder = join(service.home, 'messenger');
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    const [row] = await ask<{ state: string }>(
      service.home,
      'select state from velro.messenger_replies order by created_at limit 1',
    );
    expect(row).toEqual({ state: 'sent' });
  });

  it('takes nothing that is not signed', async () => {
    const { status } = await service.visitor().call('/webhook/messenger', {
      raw: '{}',
      headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    });
    expect(status).toBe(403);
  });

  it.each([
    ['no text', []],
    ['a blank text', [' ']],
    ['an id that is no number', ['Hello?', 'ada']],
    ['too much', ['Hello?', '1', 'x']],
  ])('is written to by a command that does not understand %s', async (_, args) => {
    const { code, printed } = await write(service.home, args);
    expect([code, printed.split('\n')[0]]).toEqual([2, 'usage: npm run messenger:write -- <text> [<who>]']);
  });
});

describe('npm run messenger:write', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'velro-recorder-'));
  });
  afterAll(() => {
    rmSync(home, { recursive: true });
  });

  it('says that no service is running', async () => {
    const { code, printed } = await write(home, ['Hello?']);
    expect([code, printed]).toEqual([1, 'no service with this VELRO_HOME is running: npm start\n']);
  });

  it('does not write to a page of Meta', async () => {
    const keys = {
      FACEBOOK_APP_SECRET: hexKey(),
      FACEBOOK_VERIFY_TOKEN: password(),
      FACEBOOK_PAGE_ACCESS_TOKEN: tokenSecret(),
    };
    const { code, printed } = await write(home, ['Hello?'], keys);
    expect(printed).toContain('a page of Meta is configured');
    expect([code, recordedFor(home, '1001')]).toEqual([1, []]);
  });

  const recorder = (keep: number): RecorderChannel => new RecorderChannel(home, keep);
  const message = (pageId: string, text: string) => ({ pageId, psid: '1', text, metadata: 'x' });

  it('finds the latest messages alone', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await recorder(3).send(message('1', text));
    expect(recordedFor(home, '1').map(({ text }) => text)).toEqual(['two', 'three', 'four']);
    expect(recordedFor(home, '2')).toEqual([]);
  });

  it('prints what is answered though the earliest messages go for it', async () => {
    const answers = answersTo(home, '1');
    await recorder(3).send(message('1', 'five'));
    expect(await answers()).toEqual(['five']);
  });

  it('finds nothing of another page, whose messages are refused', async () => {
    const before = recordedFor(home, '1').length;
    await expect(recorder(3).send(message('104329857210001', 'real'))).rejects.toThrow('not sent: refused');
    expect(recordedFor(home, '1')).toHaveLength(before);
  });
});
