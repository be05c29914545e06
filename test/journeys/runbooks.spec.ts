import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import { IncidentCommand } from '../support/incidents/incident-command.js';
import { projectRoot } from '../support/process/project-root.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const folder = join(projectRoot, 'docs', 'runbooks');
const runbooks = readdirSync(folder).sort();
const textOf = (runbook: string): string => readFileSync(join(folder, runbook), 'utf8');

/** As a shell splits a line: at blanks outside of double quotes. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
const commandsOf = (runbook: string): string[][] =>
  textOf(runbook)
    .split('\n')
    .flatMap((line) => /^\s*npm run incident -- (.+)$/.exec(line)?.[1] ?? [])
    .map(words);

describe('a runbook', () => {
  let service: Service;
  let incident: IncidentCommand;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start();
    incident = new IncidentCommand(service.home);
  });
  afterAll(async () => {
    await service.discard();
  });

  it('is there for each kind of incident', () => {
    expect(runbooks).toEqual([
      'data-breach.md',
      'key-compromised.md',
      'limits-exceeded.md',
      'system-compromise.md',
    ]);
  });

  it.each(runbooks)(
    '%s works from the first command to the last, in their order, and ends with a closed incident',
    async (runbook) => {
      ada = await signUp(service);
      writeFileSync(join(service.home, 'accounts.txt'), `${ada.email}\n`);
      writeFileSync(join(service.home, 'post-mortem.md'), 'what happened, and why');
      let id = '';
      for (const command of commandsOf(runbook)) {
        // Each has its own archive and its own file of secrets.
        const args = command.map((word) =>
          word === '$incident'
            ? id
            : /^(evidence\.zip|rotation\.env)$/.test(word)
              ? `${runbook}-${word}`
              : word,
        );
        const { code, printed } = await incident.run(...args);
        expect([args.join(' '), code, printed]).toEqual([args.join(' '), 0, expect.any(String)]);
        id = /^incident ([0-9a-f-]{36})$/m.exec(printed)?.[1] ?? id;
        if (command[0] === 'open') expect(printed).toContain(`runbook: docs/runbooks/${runbook}`);
      }
      const [row] = await ask(
        service.home,
        'select closed_at is not null as closed from velro.incidents where id = $1',
        [id],
      );
      expect(row).toEqual({ closed: true });
      if (!commandsOf(runbook).some((command) => command.includes('--accounts'))) return;
      await until(() => mailsTo(service.home, ada.email).length === 1, 'the mail to the person');
    },
  );

  it.each(['Railway', 'Supabase', 'fal.ai', 'Google', 'OpenAI', 'Meta'])(
    'index says where %s makes keys and helps',
    (vendor) => {
      const index = readFileSync(join(projectRoot, 'docs', 'incidents.md'), 'utf8');
      const line = index.split('\n').find((one) => one.startsWith(`| ${vendor} `)) ?? '';
      expect([...line.matchAll(/https:\/\/[\w./_-]+/g)].length).toBeGreaterThanOrEqual(3);
    },
  );
});
