export type Part = 'development' | 'held-out';
type Detect = (text: string, options: { prompt: boolean }) => readonly string[];

interface Half {
  cases: number;
  found: number;
}

export interface AttackScore {
  kind: string;
  development: Half;
  heldOut: Half;
}

export interface ProseScore {
  texts: number;
  any: number;
  byKind: Record<string, number>;
}

export const kinds: readonly string[];
export const aims: { recall: Readonly<Record<string, number>>; otherRecall: number; ordinary: number; code: number };
export function aimOf(kind: string): number;
export function partOf(text: string): Part;
export function readCorpus(name: string): { text: string; file: string }[];
export function scoreAttacks(kind: string, detect: Detect): AttackScore;
export function scoreProse(name: string, part: Part, detect: Detect): ProseScore;
export function recall(half: Half): number;
export function share(score: ProseScore): number;
