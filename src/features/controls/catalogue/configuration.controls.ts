import { deployed, fail, holds, inside, notApplicable, pass, type Control } from './control.js';

/** A switch that must be off outside development. */
const off = (
  variable: string,
  fact: 'debug' | 'developmentMode' | 'debugEndpoints' | 'verboseErrors',
): Control => ({
  title: `${variable} is off outside development`,
  remedy: `Set ${variable}=false.`,
  check: deployed((see) => holds(!see(fact), `${variable}=${String(see(fact))}`)),
});

/** A way around authentication, which no environment may have. */
const never = (variable: string, fact: 'emergencyAuthentication' | 'mockAuthentication'): Control => ({
  title: `${variable} is off everywhere`,
  remedy: `Set ${variable}=false.`,
  check: inside((see) => holds(!see(fact), `${variable}=${String(see(fact))}`)),
});

export const configurationControls = {
  'configuration/environment': {
    title: 'The instance knows that it is deployed: ENVIRONMENT is production or staging',
    remedy: 'Set ENVIRONMENT=production (APP_ENV and ENV are aliases).',
    check: inside((see) => {
      const environment = see('environment');
      if (environment === 'production' || environment === 'staging')
        return pass(`ENVIRONMENT=${environment}`);
      const address = see('publicUrl') ?? '';
      return address.startsWith('https://')
        ? fail(`ENVIRONMENT=${environment} at ${address}`)
        : notApplicable(`ENVIRONMENT=${environment} without a public address`);
    }),
  },
  'configuration/valid': {
    title: 'Every variable passed the rules of the start, and none is questionable',
    remedy: 'Run npm run security:validate and follow each line.',
    check: deployed((see) => {
      const { variables, warnings } = see('configuration');
      if (variables === 0) return fail('no variable was read');
      return warnings.length === 0
        ? pass(`${String(variables)} variables without a warning`)
        : fail(warnings.join('; '));
    }),
  },
  'configuration/public-address': {
    title: 'The address that the service calls its own is https',
    remedy: 'Set PUBLIC_URL to the https address that clients use.',
    check: deployed((see) => {
      const address = see('publicUrl') ?? '';
      return holds(address.startsWith('https://'), `PUBLIC_URL ${address === '' ? 'is not set' : address}`);
    }),
  },
  'modes/debug': off('DEBUG', 'debug'),
  'modes/development': off('DEVELOPMENT_MODE', 'developmentMode'),
  'modes/debug-endpoints': off('ENABLE_DEBUG_ENDPOINTS', 'debugEndpoints'),
  'modes/verbose-errors': off('VERBOSE_ERROR_MESSAGES', 'verboseErrors'),
  'modes/emergency-authentication': never('EMERGENCY_AUTH_MODE', 'emergencyAuthentication'),
  'modes/mock-authentication': never('ENABLE_MOCK_AUTHENTICATION', 'mockAuthentication'),
  'performance/compression': {
    title: 'Answers are compressed',
    remedy: 'Set COMPRESSION_ENABLED=true.',
    check: deployed((see) => holds(see('compression'), `COMPRESSION_ENABLED=${String(see('compression'))}`)),
  },
  'performance/cache': {
    title: 'Caching is on',
    remedy: 'Set CACHE_ENABLED=true.',
    check: deployed((see) => holds(see('cache'), `CACHE_ENABLED=${String(see('cache'))}`)),
  },
} as const satisfies Record<string, Control>;
