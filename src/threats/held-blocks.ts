import { blockListPolicy } from '../../config/policy/perimeter/threats.js';
import type { Block } from './blocks.repository.js';
import { nameOf, type Subject } from './subject.js';

/**
 * Active blocks by subject, those of administrators apart: however many the service makes, none of theirs is dropped. Of
 * two blocks of one subject the later expiry wins, so that a short one never shortens a long one.
 */
export class HeldBlocks {
  private readonly automatic = new Map<string, Block>();
  private readonly manual = new Map<string, Block>();

  constructor(private readonly maxAutomatic: number = blockListPolicy.automatic) {}

  get size(): number {
    return this.automatic.size + this.manual.size;
  }

  get isFull(): boolean {
    return this.automatic.size >= this.maxAutomatic;
  }

  find(name: string, now: number): Block | null {
    const active = [this.manual.get(name), this.automatic.get(name)].filter(
      (block) => block !== undefined && block.expiresAt.getTime() > now,
    );
    const [first = null, second] = active;
    return second !== undefined && first !== null && second.expiresAt > first.expiresAt ? second : first;
  }

  add(block: Block): void {
    const held = this.mapOf(block);
    const name = nameOf(subjectOf(block));
    const other = held.get(name);
    if (other !== undefined && other.expiresAt > block.expiresAt) return;
    held.delete(name);
    if (held === this.automatic && this.isFull) {
      const [oldest] = held.keys();
      if (oldest !== undefined) held.delete(oldest);
    }
    held.set(name, block);
  }

  /** False when another block of its subject is held, or none. */
  remove(block: Block): boolean {
    const name = nameOf(subjectOf(block));
    const held = this.mapOf(block);
    return held.get(name)?.id === block.id && held.delete(name);
  }

  *values(): Iterable<Block> {
    yield* this.manual.values();
    yield* this.automatic.values();
  }

  private mapOf({ madeBy }: Block): Map<string, Block> {
    return madeBy === null ? this.automatic : this.manual;
  }
}

export const subjectOf = ({ address, userId }: Pick<Block, 'address' | 'userId'>): Subject =>
  userId === null ? { kind: 'address', address } : { kind: 'pair', address, userId };
