import { setFlagsFromString } from 'node:v8';

/**
 * After the start: V8 optimizes by its own counts again, instead of by those of flags.ts. With these, requests took ten seconds of full
 * load to become fast.
 */
export function optimizeAsUsual(): void {
  setFlagsFromString('--invocation-count-for-maglev=400');
  setFlagsFromString('--invocation-count-for-turbofan=3000');
}
