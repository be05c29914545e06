import type { EnvironmentName } from '../config.js';
import type { Environment } from './environment.js';
import type { Texts } from './texts.js';
import type { ValidationResult } from '../values/validation-result.js';

const aliases = ['ENVIRONMENT', 'APP_ENV', 'ENV'] as const;

/** Variables set by hosting platforms. Where one is set, a default of `development` would be a vulnerability. */
const platformVariables = [
  ...['RAILWAY_ENVIRONMENT_NAME', 'RAILWAY_ENVIRONMENT', 'RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID'],
  ...['RAILWAY_SERVICE_ID', 'FLY_APP_NAME', 'RENDER', 'DYNO', 'VERCEL', 'K_SERVICE', 'WEBSITE_SITE_NAME'],
  ...['REPLIT_DEPLOYMENT', 'HEROKU_APP_ID', 'KOYEB_APP_NAME'],
];

const oneOfFour = 'Set ENVIRONMENT to development, staging, production or test.';

/**
 * Which environment this is; null when it is undecided, which is refused. `asked`: the name given on the command line;
 * it decides, but a different name in the variables is refused, because the service would boot under that.
 */
export function nameOf(
  environment: Environment,
  texts: Texts,
  asked: EnvironmentName | undefined,
  result: ValidationResult,
): EnvironmentName | null {
  const set = aliases.filter((variable) => environment[variable] !== undefined);
  const names = new Set(set.map((variable) => environment[variable]));
  const unreadable = aliases.some((variable) => result.isUnreadable(variable));
  const first = set[0] ?? 'ENVIRONMENT';
  if (names.size > 1) {
    result.refuse(
      'ENVIRONMENT',
      `disagrees with its aliases: ${set.join(', ')} differ`,
      'Set ENVIRONMENT alone.',
    );
  }
  if (asked !== undefined) {
    if (names.size === 0 && !unreadable) {
      result.warn('ENVIRONMENT is not set: the service itself would not start as the one asked for.');
    } else if (names.size === 1 && environment[first] !== asked) {
      result.refuse(
        first,
        'says something else than --environment',
        'Set it to the environment that is deployed.',
      );
    }
    return asked;
  }
  if (names.size > 1 || unreadable) return null;
  if (names.size === 1) {
    const name = environment[first] ?? null;
    const hosted = name === 'development' || name === 'test' ? platformOf(texts) : undefined;
    if (hosted !== undefined)
      result.warn(`${first} says that this is no deployment, but ${hosted} says that this is a platform.`);
    return name;
  }
  const platform = platformOf(texts);
  if (platform === undefined) {
    if (texts['NODE_ENV'] === 'production') {
      result.warn('NODE_ENV says production, but ENVIRONMENT is not set: this is development.');
    }
    return 'development';
  }
  result.refuse('ENVIRONMENT', `is not set, while ${platform} says that this is a platform`, oneOfFour);
  return null;
}

const platformOf = (texts: Texts): string | undefined =>
  platformVariables.find((variable) => texts[variable] !== undefined);

/** Refuses NODE_TLS_REJECT_UNAUTHORIZED=0, which would disable the verified TLS that our rules require. */
export function validateNodeVersion(texts: Texts, deployed: boolean, result: ValidationResult): void {
  if (!deployed || texts['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  result.refuse('NODE_TLS_REJECT_UNAUTHORIZED', 'switches the verification of TLS off', 'Remove it.');
}
