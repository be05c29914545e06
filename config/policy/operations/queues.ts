/** Jobs that were given up: their handlers only record it. */
const deadLetters = {
  retryLimit: 10,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 60,
  notify: true,
} as const;

/**
 * Seconds between two looks for jobs. Where notifications come, they tell of all but retries, which one look at all queues together
 * finds; that of each queue by itself is then only for what both have missed.
 */
export const queueLooks = { everySeconds: 0.5, whileNotifiedSeconds: 30, dueSeconds: 2 } as const;

/** Every queue of the job engine: seconds, counts. Created by `db:migrate`, because the service's role may not. */
export const queues = {
  storage_removal: {
    retryLimit: 10,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 600,
    expireInSeconds: 300,
    notify: true,
  },
  project_removal: {
    retryLimit: 20,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 600,
    expireInSeconds: 600,
    notify: true,
  },
  alert: {
    retryLimit: 12,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 30,
    deadLetter: 'alert_dead',
    notify: true,
  },
  alert_mail: {
    retryLimit: 12,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    deadLetter: 'alert_mail_dead',
    notify: true,
  },
  notice: {
    retryLimit: 12,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 900,
    expireInSeconds: 60,
    deadLetter: 'notice_dead',
    notify: true,
  },
  /** Links to a new address: retried about as long as they work. */
  email_change: {
    retryLimit: 8,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 900,
    expireInSeconds: 60,
    notify: true,
  },
  notice_dead: deadLetters,
  alert_dead: deadLetters,
  alert_mail_dead: deadLetters,
} as const;
