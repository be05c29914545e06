// docs/scale.md: the table of one run, and what it means.
import { cpus } from 'node:os';

/** What was measured with so many instances on one database. Milliseconds, and cores of the machine. */
export interface Row {
  readonly instances: number;
  readonly idle: { readonly cores: number; readonly beatsPerSecond: number };
  readonly revocation: { readonly p50: number; readonly p99: number; readonly missed: number };
  readonly progress: { readonly p50: number; readonly p99: number; readonly cores: number };
  readonly accepted: { readonly perSecond: number; readonly p99: number };
}

const number = (value: number, digits = 0): string => value.toFixed(digits);

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ instances, idle, revocation, progress, accepted }) =>
    [
      instances,
      number(idle.cores, 3),
      number(idle.beatsPerSecond, 1),
      `${number(revocation.p50)} / ${number(revocation.p99)}`,
      `${number(progress.p50)} / ${number(progress.p99)}`,
      number(progress.cores, 2),
      `${number(accepted.perSecond)} / ${number(accepted.p99)}`,
    ].join(' | '),
  );
  return [
    '| instances | idle: cores of the database | heartbeats a second, of all | a revoked token is accepted nowhere any more after (ms, p50 / p99) | 500 changes of generations a second are heard after (ms, p50 / p99) | cores of the database meanwhile | orders a second / p99 (ms), by one instance |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

/** `missed`: the aims that were not met. */
export function page(rows: readonly Row[], missed: readonly string[], date: string, walls: string): string {
  const [cpu] = cpus();
  return `# How far one database goes

Written by \`npm run bench -- scale --write\` on ${date}, on ${cpus().length} cores (${cpu?.model ?? 'unknown'}), the embedded PostgreSQL and every simulated
instance on the same machine. An instance is simulated by what it costs the database: a connection that listens, the shared heartbeat, and a replica of the
revocations that hears each hint and reads it soon. Its latencies include the processor time that all simulated instances take from each other here, and from the database; what they are on
machines of their own was not measured.

${missed.length === 0 ? 'Every aim was met.' : `What this run missed: ${missed.join('; ')}.`}

${table(rows)}

${walls}
`;
}
