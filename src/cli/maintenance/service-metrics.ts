import type { Config } from '../../../config/config.js';
import { maintenancePolicy } from '../../../config/policy/operations/maintenance.js';
import { isLoopbackHost } from '../../../config/values/network-address.js';
import { NotThere } from '../../features/maintenance/maintenance-task.js';
import { CommandFailed } from '../command.js';
import { requireOurs } from '../security-audit/audit.js';
import { Prober } from '../security-audit/probe.js';

/**
 * The text of /metrics of the service at `url`, with METRICS_TOKEN or the operator of the environment.
 * @throws NotThere where none is known, or it does not answer as it should
 */
export async function metricsText({ metrics, operator }: Config, url: URL | null): Promise<string> {
  if (url === null) throw new NotThere('no address of the service is known: --url https://…');
  if (url.protocol !== 'https:' && !isLoopbackHost(url.hostname))
    throw new NotThere('credentials are sent over https alone, or to this machine');
  // Before credentials are sent to it.
  await requireOurs(new Prober(url)).catch((error: unknown) => {
    throw new NotThere(error instanceof CommandFailed ? error.message : `${url.host} does not answer`);
  });
  const pair = Buffer.from(`${operator.user}:${operator.password.reveal()}`).toString('base64');
  const authorization = metrics.token === null ? `Basic ${pair}` : `Bearer ${metrics.token.reveal()}`;
  try {
    const answer = await fetch(new URL('/metrics', url), {
      headers: { authorization, accept: 'text/plain' },
      redirect: 'error',
      signal: AbortSignal.timeout(maintenancePolicy.answerMs),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new NotThere(`/metrics of ${url.host} answered ${answer.status}`);
    }
    return await textOf(answer, maintenancePolicy.answerBytes);
  } catch (error) {
    if (error instanceof NotThere) throw error;
    throw new NotThere(`/metrics of ${url.host} did not answer`);
  }
}

/** @throws Error when more than `most` bytes come */
async function textOf({ body }: Response, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > most) throw new Error('the answer is too long');
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString();
}
