import type { Rule } from './rule.js';

const debugModes = ['DEBUG', 'DEVELOPMENT_MODE', 'ENABLE_DEBUG_ENDPOINTS', 'VERBOSE_ERROR_MESSAGES'] as const;
const bypasses = ['EMERGENCY_AUTH_MODE', 'ENABLE_MOCK_AUTHENTICATION'] as const;

/** The code has no bypass of authentication: a variable that requests one is refused. */
export const noBypass: Rule = (settings, result) => {
  for (const variable of bypasses) {
    if (settings[variable]) {
      result.refuse(
        variable,
        'asks for a way around authentication, and there is none',
        `Set ${variable}=false.`,
      );
    }
  }
};

export const noDebugModes: Rule = (settings, result) => {
  for (const variable of debugModes) {
    if (settings[variable]) result.refuse(variable, 'is on outside development', `Set ${variable}=false.`);
  }
};

export const auditKept: Rule = (settings, result) => {
  for (const variable of ['AUDIT_ENABLED', 'AUDIT_ENCRYPT'] as const) {
    if (!settings[variable]) result.refuse(variable, 'is off outside development', `Set ${variable}=true.`);
  }
};

export const productionPromises: Rule = (settings, result) => {
  for (const variable of ['REQUIRE_EMAIL_VERIFICATION', 'LEADSENSE_PII_REDACTION'] as const) {
    if (!settings[variable]) result.refuse(variable, 'is off in production', `Set ${variable}=true.`);
  }
};

export const weakerThanProduction: Rule = (settings, result, name) => {
  if (settings.ACCEPT_UNPEPPERED_PASSWORDS) {
    result.warn('ACCEPT_UNPEPPERED_PASSWORDS is on: switch it off once the old accounts have signed in.');
  }
  if (name !== 'staging') return;
  for (const variable of ['REQUIRE_EMAIL_VERIFICATION', 'LEADSENSE_PII_REDACTION'] as const) {
    if (!settings[variable]) result.warn(`${variable} is off: production refuses that.`);
  }
};
