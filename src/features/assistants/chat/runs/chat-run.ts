import type { EndedAnswer, RunParts } from './runs.repository.js';
import { merged, type StreamPart } from './stream-part.js';

export interface Follower {
  part(part: StreamPart): void;
  end(): void;
}

/** One answer while it is given here: its parts for whoever asked, and those that wait to be written. */
export class ChatRun {
  /** Ends the call of the model. */
  readonly stopping = new AbortController();
  /** Resolves once the answer has ended; never rejects. */
  readonly ended: Promise<EndedAnswer>;
  private readonly parts: StreamPart[] = [];
  private readonly followers = new Set<Follower>();
  private unwritten: StreamPart[] = [];
  /** Taken to be written, and not known to be. */
  private taken: RunParts[] = [];
  private rows = 0;
  private hasEnded = false;
  private settle: (answer: EndedAnswer) => void = () => undefined;

  constructor(
    readonly id: string,
    readonly conversationId: string,
    readonly answerId: string,
  ) {
    this.ended = new Promise((resolve) => (this.settle = resolve));
  }

  push(part: StreamPart): void {
    this.parts.push(part);
    this.unwritten.push(part);
    for (const follower of this.followers) follower.part(part);
  }

  /** What came already, then each part as it comes. */
  follow(follower: Follower): () => void {
    for (const part of merged(this.parts)) follower.part(part);
    if (this.hasEnded) {
      follower.end();
      return () => undefined;
    }
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** The parts that are not known to be written, in as few rows as they make; a row stays the same however often it is taken. */
  takeUnwritten(): readonly RunParts[] {
    for (const part of merged(this.unwritten)) this.taken.push({ runId: this.id, number: this.rows++, part });
    this.unwritten = [];
    return [...this.taken];
  }

  /** All rows before `number` are written. */
  confirm(number: number): void {
    this.taken = this.taken.filter((row) => row.number >= number);
  }

  end(answer: EndedAnswer): void {
    this.hasEnded = true;
    for (const follower of this.followers) follower.end();
    this.followers.clear();
    this.settle(answer);
  }
}
