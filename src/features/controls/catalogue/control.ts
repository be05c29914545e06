import type { CheckoutFacts } from '../facts/checkout-facts.js';
import type { InsideFacts } from '../facts/inside-facts.js';
import type { OutsideFacts, RecordedFacts } from '../facts/outside-facts.js';

/** What a check found, and what it saw. Never a secret value. */
export interface Finding {
  readonly outcome: 'pass' | 'fail' | 'not_applicable';
  readonly evidence: string;
}

/** A fact by its name. @throws Unseen when it could not be looked at: then the check fails, because nothing passes on absence */
export type See<Facts> = <Name extends keyof Facts>(name: Name) => Facts[Name];

/** A fact that could not be looked at. */
export class Unseen extends Error {
  override readonly name = 'Unseen';
}

/** By what answers over the network show. */
interface OutsideCheck {
  readonly by: 'outside';
  readonly judge: (see: See<OutsideFacts>) => Finding;
}

/** By the events that the service recorded of what the audit asked it from outside. */
interface RecordedCheck {
  readonly by: 'recorded';
  readonly judge: (see: See<RecordedFacts>) => Finding;
}

/** By what the running service and its database show. */
interface InsideCheck {
  readonly by: 'inside';
  readonly judge: (see: See<InsideFacts>) => Finding;
}

/** By the files that are deployed. */
interface CheckoutCheck {
  readonly by: 'checkout';
  readonly judge: (see: See<CheckoutFacts>) => Finding;
}

/** By the word of an administrator, which is recorded. */
interface Attestation {
  readonly by: 'attestation';
  /** After so many days it has to be attested again. */
  readonly everyDays: number;
  /** Why no program can see it. */
  readonly why: string;
}

/** One thing that must be true of a deployment, and how that is found out. */
export interface Control {
  /** What must be true. */
  readonly title: string;
  /** What to do where it is not. */
  readonly remedy: string;
  readonly check: OutsideCheck | RecordedCheck | InsideCheck | CheckoutCheck | Attestation;
}

export const pass = (evidence: string): Finding => ({ outcome: 'pass', evidence });
export const fail = (evidence: string): Finding => ({ outcome: 'fail', evidence });
export const notApplicable = (evidence: string): Finding => ({ outcome: 'not_applicable', evidence });

/** `evidence` says what was seen, whichever it is. */
export const holds = (isTrue: boolean, evidence: string): Finding =>
  isTrue ? pass(evidence) : fail(evidence);

/** For rules that development instances are free of. */
export const deployed = (
  judge: (see: See<InsideFacts>) => Finding,
): { readonly by: 'inside'; readonly judge: (see: See<InsideFacts>) => Finding } => ({
  by: 'inside',
  judge: (see) => {
    const environment = see('environment');
    return environment === 'production' || environment === 'staging'
      ? judge(see)
      : notApplicable(`ENVIRONMENT=${environment}`);
  },
});

export const inside = (judge: (see: See<InsideFacts>) => Finding) => ({ by: 'inside', judge }) as const;
export const recorded = (judge: (see: See<RecordedFacts>) => Finding) => ({ by: 'recorded', judge }) as const;
export const outside = (judge: (see: See<OutsideFacts>) => Finding) => ({ by: 'outside', judge }) as const;
export const checkout = (judge: (see: See<CheckoutFacts>) => Finding) => ({ by: 'checkout', judge }) as const;

/** A control that takes somebody's word. `why`: no program can see it. */
export const word = (title: string, remedy: string, everyDays: number, why: string): Control => ({
  title,
  remedy: `${remedy} Then attest it: POST /api/v1/admin/controls/attestations.`,
  check: { by: 'attestation', everyDays, why },
});
