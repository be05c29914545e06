// Load scenarios, a day's mix and a soak against a service of its own on this machine. `--quick` takes seconds instead of minutes and judges
// answers alone; `--only <words>` runs the scenarios whose names contain one; `--write` writes docs/performance.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { say } from '../bench/support/figures.ts';
import { startService } from '../bench/support/service.ts';
import { root } from '../build.ts';
import { Bystanders } from './bystanders.ts';
import { day } from './day.ts';
import { page, verdicts, type Found, type Outcome, type Verdict } from './report.ts';
import type { Scenario } from './scenario.ts';
import { pictures } from './scenarios/pictures.ts';
import { refusals } from './scenarios/refusals.ts';
import { securityEvents } from './scenarios/events.ts';
import { signIns } from './scenarios/sign-ins.ts';
import { slowSenders } from './scenarios/slow-senders.ts';
import { uploads } from './scenarios/uploads.ts';
import { soak } from './soak.ts';

const scenarios: readonly Scenario[] = [signIns, uploads, pictures, slowSenders, refusals, securityEvents];
const options = {
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  only: { type: 'string' },
} as const;
const { values } = parseArgs({ options });
const seconds = values.quick ? { scenario: 3, day: 3, soak: 12 } : { scenario: 20, day: 30, soak: 600 };
const words = values.only?.split(',');
const asked = scenarios.filter(({ name }) => words?.some((word) => name.includes(word)) ?? true);

/** A service for each part: the memory of a soak is not that of what was before it. */
const start = () =>
  startService({
    // What is refused by limits of one person would load nothing.
    RATE_LIMIT_GENERATION_CREATE: '100000/hour',
    RATE_LIMIT_UPLOAD: '100000/hour',
    UPLOAD_QUOTA_BYTES: '100GB',
    ALLOWED_FILE_TYPES: 'txt',
    DEFAULT_USER_CREDITS: '1000000000',
  });

async function withService<T>(use: (service: Awaited<ReturnType<typeof start>>) => Promise<T>): Promise<T> {
  const service = await start();
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}

/** Quiet, then busy: both from the same service, one after the other. */
async function outcomeOf(scenario: Scenario): Promise<Outcome> {
  return withService(async (service) => {
    const bystanders = await Bystanders.of(service);
    await bystanders.measure(2);
    const quiet = await bystanders.measure(seconds.scenario);
    const end = await scenario.begin(service);
    const busy = await bystanders.measure(seconds.scenario);
    return { scenario, quiet, busy, done: await end() };
  });
}

const outcomes: Outcome[] = [];
for (const scenario of asked) {
  say(`… ${scenario.name}`);
  outcomes.push(await outcomeOf(scenario));
}
say("… the day's mix");
const mixed = await withService((service) => day(service, seconds.day, 0));
say(`… a soak of ${seconds.soak} s`);
const found: Found = {
  outcomes,
  day: mixed,
  soak: await withService((service) => soak(service, seconds.soak)),
};

// In seconds neither a ratio nor a memory says anything; an answer does.
const isJudged = ({ isFigure }: Verdict): boolean => !(values.quick && isFigure);
const all = verdicts(found);
for (const verdict of all) {
  const mark = isJudged(verdict) ? (verdict.isMet ? 'ok  ' : 'MISS') : 'seen';
  say(`${mark} ${verdict.text}`);
}
if (values.write) {
  const file = join(root, 'docs/performance.md');
  const text = page(found, new Date().toISOString().slice(0, 10));
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
  say(`written: ${file}`);
}
if (all.some((verdict) => isJudged(verdict) && !verdict.isMet)) process.exitCode = 1;
