/** Learns of the first use of each access token. */
export abstract class TokenUses {
  /** Returns at once; written behind the answer, within a second. */
  abstract note(tokenId: string): void;
}
