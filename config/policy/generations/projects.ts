/** Projects: counts, characters. */
export const projectPolicy = {
  perUser: 200,
  nameCharacters: 120,
  descriptionCharacters: 2000,
  /** Results that a public project shows to others. */
  galleryAtMost: 20,
} as const;
