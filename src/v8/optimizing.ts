import { setFlagsFromString } from 'node:v8';

/**
 * After the start: V8 optimizes by its own counts again, instead of by those of flags.ts. With these, requests took about ten
 * seconds of full load to become fast (`tools/bench/hot-path.ts`).
 */
export function optimizeAsUsual(): void {
  setFlagsFromString('--invocation-count-for-maglev=400');
  setFlagsFromString('--invocation-count-for-turbofan=3000');
}
