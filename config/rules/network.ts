import { isDeployed } from '../environment/environment.defaults.js';
import { isLocalHost, isPrivateHost } from '../values/network-address.js';
import { hasReadableCredentials } from '../values/web-address.js';
import type { Rule } from './rule.js';

const exactOrigins = 'Write exact https origins: https://app.your-domain.';

export const encryptedNeighbours: Rule = (settings, result, name) => {
  const redis = settings.REDIS_URL?.reveal();
  if (redis?.startsWith('redis:') === true) {
    const { hostname } = new URL(redis);
    // A one-word name is a container's to a developer; in production it could resolve to anything.
    if (!(isDeployed(name) ? isPrivateHost(hostname) : isLocalHost(hostname))) {
      result.refuse('REDIS_URL', 'has no TLS, and its host is in no private network', 'Write rediss://.');
    }
  }
  if (settings.INSTANCES > 1 && redis === undefined) {
    result.refuse(
      'REDIS_URL',
      'is missing while INSTANCES is above 1, so that replicas would count apart',
      'Set it, or INSTANCES=1.',
    );
  }
  const alerts = settings.SECURITY_ALERT_WEBHOOK_URL?.reveal();
  if (alerts?.startsWith('http:') === true && (isDeployed(name) || !isLocalHost(new URL(alerts).hostname))) {
    result.refuse('SECURITY_ALERT_WEBHOOK_URL', 'is not https', 'Write https://.');
  }
  const ping = settings.HEALTH_PING_URL?.reveal();
  if (ping?.startsWith('http:') === true && (isDeployed(name) || !isLocalHost(new URL(ping).hostname))) {
    result.refuse('HEALTH_PING_URL', 'is not https', 'Write https://.');
  }
  if (isDeployed(name) && settings.HEALTH_PING_ENABLED && ping === undefined) {
    result.warn(
      'HEALTH_PING_ENABLED is on without HEALTH_PING_URL: no monitor is told that the service is healthy.',
    );
  }
};

/** Spans name routes, models and times, and the headers are credentials. */
export const tracesArrive: Rule = (settings, result, name) => {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) {
    if (settings.TRACING_ENABLED)
      result.refuse(
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'is missing while TRACING_ENABLED is true',
        'Set it, or TRACING_ENABLED=false.',
      );
    return;
  }
  const { protocol, hostname } = new URL(endpoint);
  const isNear = isDeployed(name) ? isPrivateHost(hostname) : isLocalHost(hostname);
  if (protocol === 'http:' && !isNear)
    result.refuse(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'is not https, and its host is in no private network',
      'Write https://.',
    );
};

/** CORS_ORIGINS and its alias must be equal, else an edit of one of them may have no effect. */
export const originsAgree: Rule = (settings, result) => {
  const [origins, alias] = [settings.CORS_ORIGINS, settings.ALLOWED_ORIGINS];
  if (origins === undefined || alias === undefined) return;
  if ([...origins].sort().join() !== [...alias].sort().join()) {
    result.refuse('CORS_ORIGINS', 'disagrees with its alias ALLOWED_ORIGINS', 'Set one of the two.');
  }
};

export const httpsOutside: Rule = (settings, result) => {
  for (const variable of ['CORS_ORIGINS', 'ALLOWED_ORIGINS'] as const) {
    if (settings[variable]?.some((origin) => origin.startsWith('http:')) === true) {
      result.refuse(variable, 'has an http origin outside development', exactOrigins);
    }
  }
  if (settings.CORS_ORIGINS === undefined && settings.ALLOWED_ORIGINS === undefined) {
    result.warn('CORS_ORIGINS is empty: no web page may call the API.');
  }
  if (settings.PUBLIC_URL === undefined) {
    result.refuse(
      'PUBLIC_URL',
      'is missing',
      'Write the https address under which people reach the service.',
    );
  } else if (settings.PUBLIC_URL.startsWith('http:')) {
    result.refuse('PUBLIC_URL', 'is not https', 'Write https://.');
  }
  if (settings.PORT === 0) result.refuse('PORT', 'takes any free port outside development', 'Write a port.');
};

export const proxyKnown: Rule = (settings, result) => {
  if (settings.TRUSTED_PROXY !== undefined) return;
  result.refuse(
    'TRUSTED_PROXY',
    'is missing, so that nobody knows whose word about the client address counts',
    'Write railway, none, or the CIDR ranges of your proxies.',
  );
};

export const idlePeers: Rule = (settings, result) => {
  if (settings.TRUSTED_PROXY_PEERS === undefined || settings.TRUSTED_PROXY?.mode === 'railway') return;
  result.warn('TRUSTED_PROXY_PEERS has no effect unless TRUSTED_PROXY is railway.');
};

export const alertMailSent: Rule = (settings, result) => {
  if (settings.ALERT_EMAIL === undefined || settings.SMTP_URL !== undefined) return;
  result.refuse(
    'ALERT_EMAIL',
    'is set without SMTP_URL, so that no mail reaches it',
    'Set SMTP_URL, or leave it empty.',
  );
};

/** Their users and passwords are decoded by the service itself. */
export const readableCredentials: Rule = (settings, result) => {
  for (const variable of ['SMTP_URL', 'SIEM_URL'] as const) {
    const text = settings[variable]?.reveal();
    if (text === undefined || hasReadableCredentials(new URL(text))) continue;
    result.refuse(variable, 'has a % in its credentials that encodes nothing', 'Write %25 for a %.');
  }
};
