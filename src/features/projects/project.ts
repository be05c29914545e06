import type { Linked } from '../storage/media-links.js';

export const visibilities = ['private', 'public'] as const;
export type Visibility = (typeof visibilities)[number];

/** A folder of generations. Other accounts can read a public one; a private one is `not_found` for them. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly visibility: Visibility;
  readonly generationsCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A result as a public project shows it to others, without prompt and parameters. */
export interface GalleryItem {
  readonly objectKey: string;
  readonly contentType: string;
  /** Pixels; null where they are not known. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
}

export type ProjectView =
  | { readonly owned: true; readonly project: Project }
  | { readonly owned: false; readonly project: Project; readonly gallery: readonly Linked<GalleryItem>[] };
