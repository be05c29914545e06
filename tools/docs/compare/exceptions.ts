// Changes that break clients of the released description and are wanted, one by one. One that covers nothing is a fault: after a
// release the list is empty.

export interface WantedBreak {
  /** As `npm run openapi:compare` prints them. */
  readonly rule: string;
  readonly where: string;
  readonly text: string;
  readonly reason: string;
  /** The heading below `## Unreleased` of CHANGELOG.md under which clients are told of it. */
  readonly heading: string;
}

export const exceptions: readonly WantedBreak[] = [];
