/** Edit distance of `a` and `b`: insertions, deletions, substitutions and swaps of neighbours. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The known name that `name` probably misspells: at most two edits away, and long enough for that to be significant.
 */
export function closestName(name: string, known: Iterable<string>): string | null {
  const upper = name.toUpperCase();
  let nearest: string | null = null;
  let least = 3;
  for (const candidate of known) {
    if (candidate.length < 6 || Math.abs(candidate.length - upper.length) > 2) continue;
    const edits = distance(upper, candidate);
    if (edits < least) [nearest, least] = [candidate, edits];
  }
  return nearest;
}
