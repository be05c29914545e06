/** Points of one subject by kind of attack, in the order of `attacks`, and the latest signals that gave them. */
export interface SharedScore {
  /** The name of an address, a user, or a user at an address. */
  readonly subject: string;
  /** Evidence that does not come about by accident. */
  readonly hard: readonly number[];
  readonly soft: readonly number[];
  /** Names of signals, oldest first. */
  readonly recent: readonly string[];
}

/** Threat scores that all instances have in common. Points halve in the policy's half-life, by the store's own clock. */
export abstract class ThreatScores {
  /** Adds points; returns what each of these subjects has now, from all instances. */
  abstract add(evidence: readonly SharedScore[]): Promise<readonly SharedScore[]>;
  /** Lets the other instances read these subjects, whose level has risen. */
  abstract announce(subjects: readonly string[]): Promise<void>;
  /** What was announced within the last few seconds, as it is now. */
  abstract announced(): Promise<readonly SharedScore[]>;
  /** Resets the subjects. */
  abstract forget(subjects: readonly string[]): Promise<void>;
}
