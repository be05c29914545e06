/** Facebook Messenger. Characters, counts, milliseconds. */
export const messengerPolicy = {
  /** The version of the Graph API that is spoken. */
  graphVersion: 'v24.0',
  /** Two years from its introduction, for which Meta promises it at least. */
  graphVersionUntil: '2027-10-08',
  /** What of the page Meta tells the webhook. */
  subscribedFields: [
    'messages',
    'messaging_postbacks',
    'message_echoes',
    'message_deliveries',
    'message_reads',
    'standby',
  ],
  /** JSON values of a batch: a thousand messages have fifteen thousand. */
  batchValues: 100_000,
  /** Levels of a batch: the echo of a template with buttons has fourteen. */
  batchDepth: 32,
  /** Messages of a batch that are stored; Meta sends a thousand at most. */
  batchMessages: 5000,
  /** Messages of a delivery that is stored together with others, and deliveries of one statement. */
  messagesTakenTogether: 10,
  deliveriesPerStatement: 20,
  /** Characters of a message that are read: Meta sends two thousand at most. */
  textCharacters: 4000,
  /** Of what was sent along with a message of the page: our ids have 36. */
  metadataCharacters: 100,
  verifyTokenCharacters: 200,
  challengeDigits: 30,
  idCharacters: 40,
  midCharacters: 256,
  /** Characters of a reply, and how many messages it may be split into: one is cut where it is too long. */
  replyCharacters: 280,
  replyParts: 1,
  /** Messages of what an agent discloses, which is never cut. */
  disclosureParts: 10,
  /** For so long a page may answer, from the last message of the person. */
  answerWithinMs: 24 * 3_600_000,
  /** People who are worked for at one time on an instance, milliseconds between two looks for work, also where the last found none, and of
   * a worker's lease. */
  workers: 8,
  lookEveryMs: 500,
  idleLookEveryMs: 2000,
  /** Of the page that the embedded default records, and messages that it keeps. */
  recordedPageId: '1',
  recordedMessages: 1000,
  /** `npm run messenger:write` waits so long for an answer, looks so often, and for so many times after the last one. */
  writeWithinMs: 60_000,
  writeLookEveryMs: 100,
  writeQuietLooks: 5,
  /** Where no page of Meta is configured. */
  withoutPageLookEveryMs: 10_000,
  leaseMs: 30_000,
  /** Messages and replies that a worker is at for one person before it looks for another. */
  turnSteps: 6,
  /** Milliseconds before somebody is looked at again whose messages are under another PSEUDONYM_KEY. */
  unreadableLookEveryMs: 300_000,
  /** Longest call of the Graph API, shorter than a stop waits; of it for the connection, without which nothing is sent; bytes of the answer. */
  sendTimeoutMs: 7000,
  connectTimeoutMs: 2500,
  answerBytes: 64 * 1024,
  /** Answers of `ids_for_pages` that are followed. */
  idsPages: 20,
  /** Milliseconds before a failed sending is tried again: after the last one it is given up. */
  retriesMs: [5_000, 30_000, 120_000, 600_000, 3_600_000],
  /** Days that messages, replies and people who did not come back are kept; seconds between two purges, rows of one statement. */
  keepDays: 90,
  purgeEverySeconds: 600,
  purgeBatch: 500,
  /** Pages that may have an agent of their own. */
  pages: 100,
  /** What a model is shown of a conversation: messages, and replies to them. */
  historyMessages: 10,
} as const;

/** What is stored of Messenger while PSEUDONYM_KEY is rotated. */
export const rekeyPolicy = {
  /** Longer than instances of two versions run beside each other. */
  everyMs: 15 * 60_000,
  batch: 200,
} as const;

/** Requests for deletion that Meta passes on. */
export const deletionPolicy = {
  /** Longer than any form of Meta. */
  formCharacters: 4096,
  lookEveryMs: 2000,
  leaseMs: 30_000,
  /** Milliseconds before Meta is asked again who it is; after the last time the request has failed. */
  retriesMs: [5_000, 60_000, 600_000, 3_600_000, 6 * 3_600_000, 12 * 3_600_000],
  /** Days that settled requests can be read. */
  keepDays: 90,
  purgeBatch: 500,
} as const;

/** What is answered without a model. */
export const messengerTexts = {
  noText: 'I can read text only at the moment. Please write what you need.',
  forgotten: 'Everything that was stored of this conversation is deleted.',
} as const;

/** Longer than such a text with what may end it. */
export const forgetCharacters = 60;

/** What somebody writes to have everything deleted that is stored of them, in lower case. */
export const forgetPhrases: ReadonlySet<string> = new Set([
  'delete my data',
  'lösche meine daten',
  'supprimer mes données',
  'borrar mis datos',
]);
