import type { Config } from '../config/config.js';

/** What a person sees after `npm start`. */
export function startupBanner(config: Config, url: string, report: readonly string[]): string {
  const { debug, operator } = config;
  const lines = [
    `Velro is listening at ${url} (${config.environment})`,
    ...report.map((line) => `  ${line}`),
    '',
    ...(debug.developmentMode ? [`  API description   ${url}/docs`] : []),
    `  health            ${url}/health`,
    '',
    ...(debug.developmentMode
      ? ['  Try it: `npm run tour` in another terminal signs up, paints a picture and shows what is refused.']
      : []),
    '  Ctrl-C drains and stops everything that was started.',
    ...(operator.generated
      ? [
          '',
          `  operator sign-in, shown this once: ${operator.user} / ${operator.password.reveal()}`,
          `  (kept in ${config.home}/secrets.json)`,
        ]
      : []),
  ];
  return `\n${lines.join('\n')}\n\n`;
}
