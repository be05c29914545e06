/** Every queue of the job engine: seconds, counts. Made by `db:migrate`, because the service's role may not. */
export const queues = {
  generation: {
    /** A worker that has not been heard of for this long is taken for dead, and its job is given to another. */
    heartbeatSeconds: 10,
    expireInSeconds: 900,
    /** Counts restarts of the service as well: each one that interrupts the job takes a try. */
    retryLimit: 10,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    deadLetter: 'generation_dead',
    notify: true,
  },
  generation_dead: {
    retryLimit: 10,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    notify: true,
  },
  storage_removal: {
    retryLimit: 10,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 600,
    expireInSeconds: 300,
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
  alert_dead: {
    retryLimit: 10,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    notify: true,
  },
} as const;

export type QueueName = keyof typeof queues;

/** How many generations one instance works on at a time. */
export const generationConcurrency = 2;
