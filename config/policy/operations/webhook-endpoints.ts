/** What can be sent to an endpoint of an account; `webhook.test` is sent when its owner asks for it, whatever it chose. */
export const accountEventTypes = [
  'generation.completed',
  'generation.failed',
  'generation.cancelled',
  'conversation.answered',
  'credits.granted',
] as const;
export type AccountEventType = (typeof accountEventTypes)[number];

/** What can be sent to an endpoint of the service: of every account, and of the service itself. */
export const serviceEventTypes = [...accountEventTypes, 'budget.reached', 'security.event'] as const;
export type ServiceEventType = (typeof serviceEventTypes)[number];

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Webhooks to endpoints. Counts, bytes, characters, milliseconds. */
export const webhookPolicy = {
  perUser: 20,
  ofService: 20,
  urlCharacters: 2048,
  descriptionCharacters: 200,
  /** Standard Webhooks asks for 24 to 64. */
  secretBytes: 32,
  /** For so long a secret signs along after its rotation. */
  overlapMs: 24 * hour,
  /** After a rotation of the key that they are sealed under: endpoints of one statement, and milliseconds between two runs and behind one that finds none. */
  resealBatch: 200,
  resealEveryMs: 10 * second,
  resealAgainMs: hour,
  /** From the beginning of the lookup of the name to the head of the answer. */
  timeoutMs: 15 * second,
  /** For the part of the body that is kept. */
  bodyTimeoutMs: second,
  keptBytes: 1024,
  /** Of it, once what looks like personal data is replaced, which may be longer. */
  keptCharacters: 2048,
  /** Before each further attempt: the twelfth does not come. About three days. */
  retriesMs: [
    5 * second,
    minute,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
  /** Share by which a wait is longer at random, so that what failed together does not come back together. */
  jitter: 0.2,
  /** The longest wait that a Retry-After may ask for. */
  retryAfterMs: 24 * hour,
  /** Pauses of an endpoint that is overloaded or does not answer, doubled from the first to the longest. */
  pauseMs: { first: 5 * second, longest: 10 * minute },
  /** An answer that took longer makes its endpoint wait for so many times as long: it keeps one worker in five of its own time. */
  slowMs: 2 * second,
  slowFactor: 4,
  /** Failures for so long, without a success between them, disable an endpoint. */
  failingMs: 5 * 24 * hour,
  /** Webhooks to one endpoint in a second, on all instances, and one turn of `atOnce` more. A small receiver can do so many; the rest waits. */
  perSecond: 10,
  /** Deliveries to one endpoint at one time on all instances, and endpoints at one time on an instance. */
  atOnce: 5,
  workers: 32,
  /** Endpoints of one account, or of the service, at one time on all instances: one that hangs keeps nobody else waiting. */
  perAccountAtOnce: 4,
  /** For so long an instance passes over an endpoint whose secret it cannot open, and how many it knows. */
  unreadableSkipMs: minute,
  unreadableSkipped: 1000,
  /** When no instance could open it for so long, that is told of. */
  unreadableToldMs: 15 * minute,
  lookEveryMs: 500,
  /** The same while nothing is due: new ones are told of, retries are not. */
  idleLookEveryMs: 2000,
  /** Longer than a turn takes: then another instance takes what this one left. */
  leaseMs: 45 * second,
  /** So many deliveries may wait for an endpoint before it takes no further test. */
  testsWaiting: 100,
  /** Between two redeliveries to one endpoint of everything since a time: what one call sends may be a month. */
  redeliverEveryMs: 10 * minute,
  keepDays: 30,
  /** Objects whose numbers are forgotten when nothing happened to them for so long. */
  keepSequencesDays: 90,
  purgeEverySeconds: 600,
  purgeBatch: 1000,
} as const;
