/** The feed of database notifications, and what is read at its hints. Milliseconds, counts, and one share. */
export const feedPolicy = {
  /** Between two heartbeats of whichever instance: the one that sent the latest sends the next. */
  beatEveryMs: 500,
  /** The others send one when none came for so much longer, */
  beatAloneMs: 60,
  /** and up to this, each another while, so that not all of them do. */
  beatJitterMs: 200,
  /** Between two comparisons of the database's clock with that of this process. */
  clockEveryMs: 5000,
  /** The same where one of them seems to have been set, or the database took long to answer. */
  clockAgainMs: 400,
  /** An answer that took longer takes the place of what was known, for it could hide that a clock was set. */
  clockWidthMs: 250,
  /** By what share of the time two clocks may move apart while neither is set. */
  drift: 0.01,
  /** After a cut, instances send their first heartbeat within this time, unless they hear one. */
  reconnectJitterMs: 300,
  /** Without a heartbeat sent since, the feed is silent: nothing that relies on it is answered. */
  silenceLimitMs: 2000,
  /** An event loop that did not turn for so long was busy; what arrived meanwhile has not been read. */
  pauseMs: 400,
  /** After such a pause answers wait at most so long for a heartbeat that was sent since. */
  afterPauseMs: 1000,
  /** Equal notifications within this time are delivered once. */
  coalesceMs: 25,
  /** Different notifications of one channel held for that; more are delivered as they come. */
  coalesced: 1000,
  /** Between two sendings of what this instance announces: one transaction each, however much it is. */
  announceEveryMs: 50,
  /** Announcements of one channel that wait for that; where there are more, one takes their place that names nothing. */
  announced: 1000,
  /** Announcements in one notification, and characters of them: less than PostgreSQL takes. */
  packedNotes: 150,
  packedCharacters: 7000,
  /** After a sending that failed. */
  announceAgainMs: 500,
  /** Redis, where there is one, must have taken an announcement within this time; then, and for so long after it, the database tells it. */
  relayWithinMs: 250,
  relayAgainMs: 1000,
  /** Between two signs of life on the connection to Redis that is told. */
  relayPingMs: 2000,
  /** A stop waits at most so long for the last of them. */
  announceLastMs: 500,
} as const;

/** The replica of the revocations. */
export const revocationPolicy = {
  /** Least milliseconds between the beginnings of two looks at the table, however many notifications come. */
  lookEveryMs: 20,
  /** A hint that names its subject is looked at within this time, by each instance at another moment; until then that subject is answered behind a look. */
  lookSpreadMs: 200,
  /** Subjects that hints have named since the last look; with more of them a look follows at once. */
  namedSubjects: 10_000,
  /** Characters of a hint; a longer one names nobody. */
  hintCharacters: 300,
  /** Rows of one look; when there are more, everything is loaded in pages. */
  lookRows: 5000,
  /** Rows of one page of a load, which must end within the statement timeout. */
  pageRows: 10_000,
  /** After a reconnect, instances begin to load everything again within this time. */
  reloadSpreadMs: 2000,
  retryMs: 500,
  purgeEveryMs: 60_000,
  /** Rows deleted in one statement. */
  purgeBatch: 5000,
} as const;
