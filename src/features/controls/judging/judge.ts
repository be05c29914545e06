import type { CheckoutFacts } from '../facts/checkout-facts.js';
import type { InsideFacts } from '../facts/inside-facts.js';
import type { OutsideFacts, RecordedFacts } from '../facts/outside-facts.js';
import { Unseen, type Finding, type See } from '../catalogue/control.js';
import { controls, type ControlId } from '../catalogue/controls.js';
import { seeIn, type SeenFacts } from './seen.js';

export const statuses = ['fail', 'not_looked_at', 'attested', 'pass', 'not_applicable'] as const;
/** `not_looked_at`: it takes another place to look from, or a sign-in. */
export type Status = (typeof statuses)[number];

/** How many are which. */
export type Tally = Readonly<Record<Status, number>>;

export interface Result {
  readonly id: ControlId;
  readonly status: Status;
  /** What was seen, or who attested it and when. */
  readonly evidence: string;
}

/** Somebody's word about a control. */
export interface Attested {
  readonly at: Date;
  /** Null once that account is gone. */
  readonly reviewer: string | null;
}

/** What was looked at; a missing place was not. */
export interface Places {
  readonly outside?: SeenFacts<OutsideFacts>;
  readonly recorded?: SeenFacts<RecordedFacts>;
  readonly inside?: SeenFacts<InsideFacts>;
  readonly checkout?: SeenFacts<CheckoutFacts>;
}

const dayMs = 24 * 3_600_000;

/** Judges an automatic control; null for an attested one. */
export function judge(id: ControlId, places: Places): Result | null {
  const { check } = controls[id];
  switch (check.by) {
    case 'attestation':
      return null;
    case 'outside':
      return judgeAt(id, places.outside, check.judge, 'it takes an audit over the network');
    case 'recorded':
      return judgeAt(id, places.recorded, check.judge, 'it takes the sign-in of an administrator');
    case 'inside':
      return judgeAt(id, places.inside, check.judge, 'it takes the sign-in of an administrator');
    case 'checkout':
      return judgeAt(id, places.checkout, check.judge, 'it takes a checkout of the service');
  }
}

function judgeAt<Facts>(
  id: ControlId,
  facts: SeenFacts<Facts> | undefined,
  judgeFacts: (see: See<Facts>) => Finding,
  otherwise: string,
): Result {
  if (facts === undefined) return { id, status: 'not_looked_at', evidence: otherwise };
  try {
    const { outcome, evidence } = judgeFacts(seeIn(facts));
    return { id, status: outcome, evidence: printable(evidence) };
  } catch (error) {
    if (!(error instanceof Unseen)) throw error;
    return { id, status: 'fail', evidence: error.message };
  }
}

/** Bounded, and without what would steer a terminal or turn the direction of writing: it may have come from anybody. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 500);

/** Of an attested control. `last`: null where nobody attested it yet; `isDeployed`: development instances are free of it. */
export function judgeAttestation(
  id: ControlId,
  everyDays: number,
  last: Attested | null,
  isDeployed: boolean,
  now: number,
): Result {
  if (!isDeployed) return { id, status: 'not_applicable', evidence: 'a development instance' };
  if (last === null) return { id, status: 'fail', evidence: 'nobody attested it yet' };
  const day = last.at.toISOString().slice(0, 10);
  const due = new Date(last.at.getTime() + everyDays * dayMs);
  const by = last.reviewer ?? 'an account that is gone';
  return now > due.getTime()
    ? {
        id,
        status: 'fail',
        evidence: `attested on ${day} by ${by}; due again since ${due.toISOString().slice(0, 10)}`,
      }
    : {
        id,
        status: 'attested',
        evidence: `on ${day} by ${by}; due again on ${due.toISOString().slice(0, 10)}`,
      };
}

/** Of a line with several controls: the first of these that one of them has. What does not apply hides nothing that passed. */
export const worst = (results: readonly Result[]): Status =>
  statuses.find((status) => results.some((result) => result.status === status)) ?? 'fail';
