import { notYetInEffect, notYetProduced } from '../../config/not-yet-in-effect.ts';
import { root } from '../build.ts';
import { documentFaults } from './documents.ts';
import { exceptions } from './exceptions.ts';
import { judge, type Exception } from './gate.ts';
import { importFaults } from './imports.ts';
import { migrationFaults } from './migrations.ts';
import { sizeFaults } from './sizes.ts';
import { unreadFaults } from './unread.ts';

const waiting = { variables: notYetInEffect, ...notYetProduced };
const nothing = { variables: {}, counters: [], events: [] };

/** Exceptions apply to this project only, not to other folders. */
const own = (folder: string, written: readonly Exception[]): readonly Exception[] =>
  folder === root ? written : [];

/** The gates by name. Each takes the path of a project and returns one line for each fault. */
export const gates = {
  imports: async (folder: string) => judge(await importFaults(folder), own(folder, exceptions.imports)),
  sizes: (folder: string) => judge(sizeFaults(folder), own(folder, exceptions.sizes)),
  unread: (folder: string) =>
    judge(unreadFaults(folder, folder === root ? waiting : nothing), own(folder, exceptions.unread)),
  migrations: (folder: string) => judge(migrationFaults(folder), own(folder, exceptions.migrations)),
  documents: (folder: string) => judge(documentFaults(folder), own(folder, exceptions.documents)),
} satisfies Record<string, (folder: string) => string[] | Promise<string[]>>;

export const isGate = (name: string): name is keyof typeof gates => Object.hasOwn(gates, name);
