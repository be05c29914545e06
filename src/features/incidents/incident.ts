import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';

export const incidentKinds = [
  'key_compromised',
  'limits_exceeded',
  'system_compromise',
  'data_breach',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

export interface Incident {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly title: string;
  readonly discoveredAt: Date;
  readonly openedAt: Date;
  readonly openedBy: string;
  readonly isolatedAt: Date | null;
  readonly reopenedAt: Date | null;
  readonly closedAt: Date | null;
  readonly cause: string | null;
  readonly measures: string | null;
  readonly postMortem: string | null;
}

/** Whether sign-ins are closed because of it. */
export const isIsolated = ({ isolatedAt, reopenedAt }: Incident): boolean =>
  isolatedAt !== null && reopenedAt === null;

/** The file of this repository that says what to do, step by step. */
export const runbookOf = (kind: IncidentKind): string => `docs/runbooks/${kind.replaceAll('_', '-')}.md`;

/** A duty with a time, where personal data is concerned. */
export interface LegalClock {
  readonly law: string;
  readonly duty: string;
  readonly until: Date;
}

const hour = 3_600_000;
const day = 24 * hour;

/** The clocks that run from the discovery. */
export function legalClocks(discoveredAt: Date): readonly LegalClock[] {
  const { authorityHours, californiaDays, californiaAuthorityDays, hipaaDays, californiaResidents } =
    incidentPolicy;
  const after = (ms: number): Date => new Date(discoveredAt.getTime() + ms);
  return [
    { law: 'GDPR, article 33', duty: 'the supervisory authority', until: after(authorityHours * hour) },
    {
      law: 'GDPR, article 34',
      duty: 'the persons, where the risk for them is high: without undue delay; the law names no hour, this is that of the authority',
      until: after(authorityHours * hour),
    },
    {
      law: 'California, Civil Code 1798.82',
      duty: 'the residents whose data it is',
      until: after(californiaDays * day),
    },
    {
      law: 'California, Civil Code 1798.82',
      duty: `the Attorney General where more than ${californiaResidents} residents are told, at most ${californiaAuthorityDays} days after them`,
      until: after((californiaDays + californiaAuthorityDays) * day),
    },
    {
      law: 'HIPAA, 45 CFR 164.404 to 164.408',
      duty: 'the persons, and the department and the media from 500 persons on',
      until: after(hipaaDays * day),
    },
  ];
}
