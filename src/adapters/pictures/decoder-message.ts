import type { Picture, PictureRules } from '../../ports/picture-decoder.js';

/** What the decoder's process is sent: one picture at a time. */
export interface DecoderOrder {
  readonly received: Uint8Array;
  readonly rules: PictureRules;
}

/** What it answers, once an order. */
export type DecoderAnswer =
  | { readonly kind: 'picture'; readonly picture: Picture }
  | {
      readonly kind: 'refused';
      readonly code: 'media_refused' | 'media_too_large';
      readonly message: string;
    }
  /** The limit of processor time is exceeded: the last answer of a process, which ends itself. */
  | { readonly kind: 'exhausted' };
