import type { Settings } from '../environment/environment.defaults.js';
import { Secret } from '../values/secret.js';
import type { Setting } from './setting.js';

/** Of the database's owner alone: the service does not hold it. */
const withheld = 'DATABASE_MIGRATION_URL';

/** Every variable that has a value, by name; secrets as such. */
export const settingsRecord = (settings: Settings): readonly Setting[] =>
  Object.entries(settings)
    .map(([name, value]: [string, unknown]) => ({ name, value }))
    .filter(({ name, value }) => value !== undefined && name !== withheld)
    .map(({ name, value }) => ({ name, value: value instanceof Secret ? value : JSON.stringify(value) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
