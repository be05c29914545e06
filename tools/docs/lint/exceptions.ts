// Rules of the linters that do not apply, each with its reason. One that no finding needs is a fault.

export interface LintException {
  readonly rule: string;
  /** Where it does not apply, in the path of the finding; left out: anywhere. */
  readonly where?: RegExp;
  readonly reason: string;
}

/** Operations without a caller: what they ask for is the proof, a link, or nothing. */
const open =
  /paths\.\/(api\/v1\/(auth\/(register|login|exchange|refresh|mfa\/verify|password-reset|password-reset-confirm|email-verify|email-resend)|health|csp-report|privacy\/policy|webhooks\/fal|webhook\/inbound)|webhook\/messenger|\.well-known\/(velro-audit-checkpoint|gpc\.json|security\.txt)|privacy(\/style\.css)?\.|health)/;
const probes = /paths\.\/(api\/v1\/)?health/;

export const exceptions: readonly LintException[] = [
  {
    rule: 'owasp:api4:2023-rate-limit',
    reason:
      'It wants either the draft of the IETF or X-RateLimit, and answers here have both; a test holds every answer against its headers.',
  },
  {
    rule: 'oas3-operation-security-defined',
    where: /\.security\.\d+\.apiKey/,
    reason:
      'OpenAPI 3.1 (4.8.30) allows scopes of any scheme as role names; the rule knows those of OAuth alone.',
  },
  {
    rule: 'owasp:api5:2023-admin-security-unique',
    reason:
      'Administrators use the tokens of everybody; the role guard, a fresh proof and the allow list tell them apart.',
  },
  {
    rule: 'owasp:api2:2023-write-restricted',
    where: open,
    reason: 'A caller without an account has no credentials.',
  },
  {
    rule: 'owasp:api2:2023-read-restricted',
    where: /paths\.\/webhook\/messenger/,
    reason: 'Meta has no credentials either, but a token of the subscription.',
  },
  {
    rule: 'owasp:api2:2023-no-credentials-in-url',
    where: /paths\.\/webhook\/messenger/,
    reason: 'Meta sends it there: it proves the subscription once, and opens nothing.',
  },
  {
    rule: 'owasp:api2:2023-read-restricted',
    where: probes,
    reason: 'Probes of the platform have no credentials.',
  },
  {
    rule: 'owasp:api2:2023-read-restricted',
    where: /paths\.\/(\.well-known|(api\/v1\/privacy\/policy|privacy(\/style\.css)?)\.)/,
    reason:
      'Checkpoints are there to be copied, and the privacy policy and what a signal of a browser is worth to be read before anybody signs up.',
  },
  {
    rule: 'owasp:api8:2023-define-error-responses-401',
    where: open,
    reason: 'Where nobody has to say who they are, nothing answers 401.',
  },
  {
    rule: 'owasp:api4:2023-rate-limit-responses-429',
    where: probes,
    reason: 'A probe that is refused looks like a dead instance.',
  },
  {
    rule: 'owasp:api2:2023-no-http-basic',
    where: /securitySchemes\.operator/,
    reason:
      'Basic authentication on /ops is asked for by the operators’ guide, over TLS, with its own limits and blocks.',
  },
  {
    rule: 'openapi-tags-alphabetical',
    reason: 'The tags stand in the order in which a newcomer needs them.',
  },
];
