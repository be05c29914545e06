/** Projects: counts, characters. */
export const projectPolicy = {
  perUser: 200,
  nameCharacters: 120,
  descriptionCharacters: 2000,
  /** Results that a public project shows to others. */
  galleryAtMost: 20,
  /** Generations that one statement detaches from a deleted project. */
  detachBatch: 1000,
} as const;
