import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { docsPaths } from '../config/policy/perimeter/headers.js';

/** What a person sees after `npm start`. */
export function startupBanner(config: Config, url: string, report: readonly string[]): string {
  const { debug } = config;
  const lines = [
    `Velro is listening at ${url} (${config.environment})`,
    ...report.map((line) => `  ${line}`),
    '',
    ...(config.environment !== 'production' ? [`  API description   ${url}${docsPaths.page}`] : []),
    `  health            ${url}/health`,
    '',
    ...(debug.developmentMode
      ? ['  Try it: `npm run tour` in another terminal signs up, paints a picture and shows what is refused.']
      : []),
    '  Ctrl-C drains and stops everything that was started.',
    ...operatorLines(config),
  ];
  return `\n${lines.join('\n')}\n\n`;
}

/** Where a generated password of the operator is kept; null when the operator has set one. */
export const placeOfSignIn = ({ operator, home }: Config): string | null =>
  operator.generated ? join(home, 'secrets.json') : null;

function operatorLines(config: Config): string[] {
  const [{ operator }, place] = [config, placeOfSignIn(config)];
  if (place === null) return [];
  return operator.shown
    ? ['', `  operator sign-in: ${operator.user}, password in ${place}`]
    : [
        '',
        `  operator sign-in, shown this once: ${operator.user} / ${operator.password.reveal()}`,
        `  (kept in ${place})`,
      ];
}
