// What `npm run test:load` found, as lines of the terminal and as docs/performance.md.
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Health } from './bystanders.ts';
import type { Day } from './day.ts';
import type { Done, Scenario } from './scenario.ts';
import type { Soak } from './soak.ts';

export interface Outcome {
  readonly scenario: Scenario;
  readonly quiet: Health;
  readonly busy: Health;
  readonly done: Done;
}

export interface Found {
  readonly outcomes: readonly Outcome[];
  readonly day: Day;
  readonly soak: Soak;
}

/** What the soak may grow by after its warm-up, and the memory that the service may take then. */
const aims = {
  /** Megabytes. */
  resident: 250,
  residentGrowth: 1.05,
  /** File descriptors: connections of the load come and go. */
  moreHandles: 12,
  /** The quiet p99 is taken for at least this, milliseconds: below it, a ratio compares two times of scheduling. */
  quietAtLeastMs: 5,
};

export interface Verdict {
  readonly text: string;
  readonly isMet: boolean;
  /** A time, a size, or that the service was too busy: which means nothing in a run of seconds. */
  readonly isFigure: boolean;
}

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

/** How many times of the quiet p99 the p99 of bystanders is. */
const growth = ({ quiet, busy }: Outcome): number => busy.p99 / Math.max(aims.quietAtLeastMs, quiet.p99);

/** Of a service that has too much to do, as on a machine that has: told with when to come again. */
const isBusy = /\b(429|503)\b/;

export function verdicts({ outcomes, day, soak }: Found): Verdict[] {
  const faultless = (name: string, faults: readonly string[]): Verdict[] =>
    faults.map((text) => ({ text: `${name}: ${text}`, isMet: false, isFigure: isBusy.test(text) }));
  return [
    ...outcomes.flatMap((outcome) => {
      const { scenario, quiet, busy, done } = outcome;
      return [
        {
          text:
            `while ${scenario.while} (${done.text}): p99 of ${busy.requests} requests of bystanders ${ms(busy.p99)} ms, ` +
            `quiet ${ms(quiet.p99)} ms: ${growth(outcome).toFixed(1)} times (at most ${scenario.timesAtMost})`,
          isMet: growth(outcome) <= scenario.timesAtMost,
          isFigure: true,
        },
        ...faultless(scenario.name, [...quiet.faults, ...busy.faults, ...done.faults]),
      ];
    }),
    {
      text: `a day's mix as fast as it is answered: ${day.perSecond.toFixed(0)} requests a second, p50 ${ms(day.p50)} ms, p99 ${ms(day.p99)} ms`,
      isMet: day.requests > 0,
      isFigure: false,
    },
    ...faultless("the day's mix", day.faults),
    {
      text: `a soak of ${soak.day.seconds} s: at most ${soak.resident.most.toFixed(0)} MB after the warm-up (aim ${aims.resident})`,
      isMet: soak.resident.most <= aims.resident,
      isFigure: true,
    },
    {
      text: `its memory: ${soak.resident.first.toFixed(0)} MB, then ${soak.resident.last.toFixed(0)} MB (at most ${aims.residentGrowth} times)`,
      isMet: soak.resident.last <= soak.resident.first * aims.residentGrowth,
      isFigure: true,
    },
    {
      text: `its handles: ${soak.handles.first}, then ${soak.handles.last} (at most ${aims.moreHandles} more)`,
      isMet: soak.handles.last <= soak.handles.first + aims.moreHandles,
      isFigure: true,
    },
    ...faultless('the soak', soak.day.faults),
  ];
}

/** The verdicts that are not met, as text; "nothing" where all are. */
function missedIn(found: Found): string {
  const missed = verdicts(found).filter(({ isMet }) => !isMet);
  return missed.length === 0 ? 'nothing' : missed.map(({ text }) => text).join('; ');
}

/** The page docs/performance.md, before formatting. */
export function page(found: Found, today: string): string {
  const { outcomes, day, soak } = found;
  const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return `# Performance

Written by \`npm run test:load -- --write\` on ${today}, on ${machine()}. The service, its embedded database and what loads it share that
machine, so the figures say how they compare with each other, not what a machine of its own would serve. Each threshold is a ratio
within one run, except for memory. The figures of single mechanisms come from \`npm run bench\`.

What this run missed: ${missedIn(found)}.

## Other people while the service is busy

Every scenario loads a running service, while other people send ${String(outcomes[0]?.busy.requests ?? 0)} requests in ${String(outcomes[0]?.busy.seconds ?? 0)} seconds at an even pace: a protected route
without the database, two with it, and \`/health\`. Each of those is answered with 200, or the run fails. The quiet figures are taken just
before each scenario; a quiet p99 below ${aims.quietAtLeastMs} ms counts as ${aims.quietAtLeastMs}.

${row('while', 'what came', 'quiet p50 / p99 (ms)', 'busy p50 / p99 (ms)', 'times', 'at most')}
${row('---', '---', '---:', '---:', '---:', '---:')}
${outcomes
  .map((outcome) =>
    row(
      outcome.scenario.while,
      outcome.done.text,
      `${ms(outcome.quiet.p50)} / ${ms(outcome.quiet.p99)}`,
      `${ms(outcome.busy.p50)} / ${ms(outcome.busy.p99)}`,
      growth(outcome).toFixed(1),
      outcome.scenario.timesAtMost,
    ),
  )
  .join('\n')}

## A day's mix

Reads of people who are signed in, and every four seconds somebody who signs up, orders a picture and signs in again, for ${day.seconds} seconds as fast as
answers come: ${day.requests} requests, ${day.perSecond.toFixed(0)} a second, p50 ${ms(day.p50)} ms, p99 ${ms(day.p99)} ms, each with 200. The newcomers: ${day.newcomers}.

## A soak

The same mix at an even pace for ${soak.day.seconds} seconds: ${soak.day.requests} requests, ${soak.day.perSecond.toFixed(0)} a second, p50 ${ms(soak.day.p50)} ms, p99 ${ms(soak.day.p99)} ms. After the first fifth, in which everything
is loaded once:

${row('of the process of the service', 'first quarter', 'last quarter', 'most', 'aim')}
${row('---', '---:', '---:', '---:', '---')}
${row('resident memory (MB, median)', soak.resident.first.toFixed(0), soak.resident.last.toFixed(0), soak.resident.most.toFixed(0), `at most ${aims.resident}, and ${aims.residentGrowth} times the first quarter`)}
${row('open file descriptors (median)', soak.handles.first, soak.handles.last, soak.handles.most, `at most ${aims.moreHandles} more`)}
`;
}

const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'of an unknown model'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${platform()} ${arch()}, Node ${process.version}`;
