import type { PictureRequest } from '../../../painter/painter.js';

/** What the studio sends its worker: one picture at a time. */
export interface Order {
  readonly id: number;
  readonly request: PictureRequest;
}

/** What the worker answers: any number of steps, then one picture or one failure. */
export type Answer =
  | { readonly id: number; readonly kind: 'step'; readonly percent: number }
  | {
      readonly id: number;
      readonly kind: 'picture';
      readonly png: Uint8Array<ArrayBuffer>;
      readonly width: number;
      readonly height: number;
    }
  | { readonly id: number; readonly kind: 'failure'; readonly message: string };
