import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../../config/load-config.js';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { forgetSelfTests } from '../../features/backups/self-test/self-test-results.js';
import { selfTestNameOf, selfTestText } from '../../features/backups/self-test/self-test-result.js';
import { NotUnderstood, runCommand } from '../command.js';
import { identityIn, optionsIn, required } from './options.js';
import { selfTestReport } from './self-test/report.js';
import { runSelfTest, type SelfTestPlan } from './self-test/run-self-test.js';
import { scratchUrlIn } from './self-test/scratch-database.js';
import { targetOf } from './target.js';

const usage = `usage: npm run db:backup:test -- [--from <folder>] --identity <file> [--backup <name>] [--database <file>] [--objects <count> | --all-objects]
  [--max-age <hours>] [--every <hours>] [--json] [--accept-unauthenticated]
Restores the newest whole backup of the folder, or of BACKUP_TARGET, into a scratch database, verifies it there, reads ${backupPolicy.selfTestObjects} of its objects
(--objects 0: none), removes the database, and writes the result into the target for the service to see. It needs the identity: run it on another
machine than the one that backs up. --database: a file with the URL of the owner of an empty database, where there is no embedded one. The backup
may be --max-age hours old, ${backupPolicy.overdueMs / 3_600_000} unless given. With --every it stays, and tests again after so many hours.
Exit 0: passed. Exit 1: failed, or the result could not be written. Exit 2: invalid arguments.`;

/** Returns whether the test passed. Says so also where the target does not take it. */
async function test(plan: SelfTestPlan, isJson: boolean): Promise<boolean> {
  const result = await runSelfTest(plan);
  process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : selfTestReport(result, plan.target.label));
  const text = selfTestText(result, plan.config.audit.key.current);
  await plan.target.put(selfTestNameOf(result), bytesOf(text));
  await forgetSelfTests(plan.target);
  return result.isPassed;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** Never ends. */
async function testEvery(plan: SelfTestPlan, isJson: boolean, everyMs: number): Promise<never> {
  for (;;) {
    const isPassed = await test(plan, isJson).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'Stopped') throw error;
      process.stderr.write(
        `the self-test failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      return false;
    });
    await sleep(isPassed ? everyMs : Math.min(everyMs, backupPolicy.selfTestRetryMs));
  }
}

function countIn(text: string | undefined, from: number, to: number): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (!/^\d{1,7}$/.test(text) || count < from || count > to) throw new NotUnderstood();
  return count;
}

await runCommand({ usage, failure: 'the self-test failed' }, async (args) => {
  const given = optionsIn(
    args,
    ['from', 'identity', 'backup', 'database', 'objects', 'max-age', 'every'],
    ['all-objects', 'json', 'accept-unauthenticated'],
  );
  if (given.objects !== undefined && given['all-objects'] === true) throw new NotUnderstood();
  const everyHours = countIn(given.every, 1, 168);
  const objects = countIn(given.objects, 0, 1_000_000) ?? backupPolicy.selfTestObjects;
  const maxAgeHours = countIn(given['max-age'], 1, 10_000) ?? backupPolicy.overdueMs / 3_600_000;
  const identityFile = await identityIn(required(given.identity));
  const config = loadConfig();
  const plan: SelfTestPlan = {
    config,
    target: targetOf(given.from, config),
    identityFile,
    backup: given.backup ?? null,
    scratchUrl: given.database === undefined ? null : await scratchUrlIn(given.database),
    objects: given['all-objects'] === true ? null : objects,
    maxAgeHours,
    acceptsUnauthenticated: given['accept-unauthenticated'] === true,
  };
  const isJson = given.json === true;
  if (everyHours !== null) return await testEvery(plan, isJson, everyHours * 3_600_000);
  return (await test(plan, isJson)) ? 0 : 1;
});
