/** Counters by the names that the security team's dashboards use, with the help text of each. */
export const counters = {
  failed_auth_attempts:
    'Sign-ins, second factors and operator sign-ins that failed, and tokens or keys made by hand.',
  rate_limit_violations: 'Requests that a limit refused.',
  security_header_violations: 'Violations of the content security policy that browsers reported.',
  malicious_input_detections: 'Requests in which malicious text was found.',
  ai_calls: 'Calls of a language model.',
  ai_calls_blocked_per_psid: 'Calls of a language model that the limit of one person refused.',
  ai_calls_blocked_global: 'Calls of a language model that the limit of all refused.',
  ai_errors: 'Calls of a language model that failed.',
  budget_alerts: 'Shares of a budget that were reached.',
  unreadable_client_addresses:
    'Requests whose trusted proxy named the client in a form that cannot be read: counted as the proxy.',
  trace_spans_exported: 'Spans that the collector of traces took.',
  trace_spans_lost: 'Spans that were lost: the collector was away, or too many waited.',
  webhook_signature_failures: 'Incoming webhooks whose signature was missing or wrong.',
} as const;
export type CounterName = keyof typeof counters;

/** Counters with labels, beside those above. Every value of a label is one of a closed list: names of ours and route templates. */
export const labelledCounters = {
  auth_failures_by_kind: { help: 'failed_auth_attempts by what was shown.', labels: ['kind'] },
  rate_limit_violations_by_rule: {
    help: 'rate_limit_violations by rule and route template.',
    labels: ['rule', 'route'],
  },
  errors_by_code: { help: 'Error answers by the code of the catalogue.', labels: ['code'] },
  adaptive_limit_changes: {
    help: 'Threat levels that rose, with which adaptive limits shrink.',
    labels: ['level', 'attack'],
  },
  ai_tokens: { help: 'Tokens of answered calls of language models.', labels: ['provider', 'kind'] },
  ai_cost_usd: { help: 'What calls of language models cost, in dollars.', labels: ['provider'] },
  generations_ended: { help: 'Generations that this instance ended, by how.', labels: ['status'] },
  webhook_deliveries: { help: 'Attempts at outgoing webhooks, by what became of them.', labels: ['state'] },
} as const;
export type LabelledCounterName = keyof typeof labelledCounters;

/** Series that are there from the start: of one that begins with its first count, a rate does not see that count. */
export const seriesFromStart = {
  generations_ended: [{ status: 'completed' }, { status: 'failed' }, { status: 'cancelled' }],
  webhook_deliveries: [{ state: 'delivered' }, { state: 'waiting' }, { state: 'failed' }],
} as const;

/** Series of one metric with labels. What would be one more is counted with `other` for each label, so that no input fills the memory. */
export const seriesAtMost = 2000;

/** Upper bounds of the histogram of request durations in seconds. */
export const requestSeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Upper bounds of the histogram of statements of the database in seconds; one of them is the limit of a slow one. */
export const statementSeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.9,
];
/** A statement that takes longer is slow. */
export const slowStatementSeconds = 0.25;

/** Upper bounds of the histograms of calls of language models in seconds. */
export const aiSeconds: readonly number[] = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60];

/** Depth of the job queues: least interval between queries, and longest wait for one. Milliseconds. */
export const queueDepth = { everyMs: 10_000, waitMs: 500 } as const;
