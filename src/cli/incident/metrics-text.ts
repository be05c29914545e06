import type { Config } from '../../../config/config.js';
import { publishedAddress } from '../../service-address.js';

const timeoutMs = 5000;
const mostCharacters = 10_000_000;

/** The text of /metrics of a service of this machine, or of PUBLIC_URL; why there is none where it does not answer. */
export async function metricsText({ metrics, operator, home, server }: Config): Promise<string> {
  const base = publishedAddress(home) ?? server.publicUrl;
  if (base === null) return 'no service answered\n';
  const password = Buffer.from(`${operator.user}:${operator.password.reveal()}`).toString('base64');
  const authorization = metrics.token === null ? `Basic ${password}` : `Bearer ${metrics.token.reveal()}`;
  try {
    const answer = await fetch(new URL('/metrics', base), {
      headers: { authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answer.ok
      ? (await answer.text()).slice(0, mostCharacters)
      : `the service answered ${answer.status}\n`;
  } catch {
    return 'no service answered\n';
  }
}
